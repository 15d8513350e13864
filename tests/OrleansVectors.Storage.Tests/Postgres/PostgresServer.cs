using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace OrleansVectors.Storage.Tests.Postgres;

/// <summary>
/// A real server in a folder of its own, that flushes to the disk. Its background writer sleeps long, so that what did not
/// wait for the disk is lost when it goes down, as it can be in life.
/// </summary>
internal sealed partial class PostgresServer : IDisposable
{
    private const string Superuser = "ov";
    private const string HostAddress = "127.0.0.1";

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly PostgresInstallation _installation;
    private readonly string _folder;
    private Process? _process;

    public PostgresServer(PostgresInstallation installation)
    {
        _installation = installation;

        // Root's own temporary folder may be closed to the user that the server runs as.
        string parent = installation.User is null ? Path.GetTempPath() : "/tmp";
        _folder = Path.Combine(parent, "ov-postgres-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_folder);
        try
        {
            Initialize();
        }
        catch (InvalidOperationException)
        {
            Dispose();
            throw;
        }

        Port = FreePort();
    }

    /// <summary>How the process is told to end.</summary>
    public enum Stop
    {
        /// <summary>SIGINT: sessions are ended, everything is written.</summary>
        Fast = 2,

        /// <summary>SIGQUIT: everything stops at once, the next start recovers.</summary>
        Immediate = 3,

        /// <summary>SIGKILL of the first process.</summary>
        Kill = 9,
    }

    public int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    public string ConnectionString(int? port = null, string user = Superuser)
        => string.Create(CultureInfo.InvariantCulture, $"Host={HostAddress};Port={port ?? Port};Username={user};Database=postgres");

    /// <summary>Starts the server and returns when it takes connections.</summary>
    public void Start()
    {
        (string postgres, string[] arguments) = _installation.Command(
            "postgres", "-D", Data, "-k", _folder, "-h", HostAddress, "-p", Port.ToString(CultureInfo.InvariantCulture));
        Stopwatch clock = Stopwatch.StartNew();
        Spawn(postgres, arguments);
        while (!Answers())
        {
            // What is left of a server that was killed keeps its shared memory for a moment, and the new one refuses it.
            if (_process!.HasExited)
            {
                Thread.Sleep(50);
                Spawn(postgres, arguments);
            }

            if (clock.Elapsed > StartMax)
            {
                throw new TimeoutException($"PostgreSQL did not start: {File.ReadAllText(Path.Combine(_folder, "server.log"))}");
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Ends the server and returns when its first process is gone.</summary>
    public void End(Stop how)
    {
        if (_process is { HasExited: false })
        {
            _ = kill(_process.Id, (int)how);
            _process.WaitForExit();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>A name that no schema has.</summary>
    public static string NewSchema() => "test_" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>Changes a setting, or with null takes the change back, for sessions that begin from now on.</summary>
    public void Set(string setting, string? value)
    {
        Execute(value is null ? $"ALTER SYSTEM RESET {setting}" : $"ALTER SYSTEM SET {setting} = {value}");
        Execute("SELECT pg_reload_conf()");
        string wanted = value ?? (string)Execute($"SELECT boot_val FROM pg_settings WHERE name = '{setting}'")!;
        while ((string?)Execute($"SHOW {setting}") != wanted)
        {
            Thread.Sleep(10);
        }
    }

    /// <summary>Runs a statement and returns the first column of its first row.</summary>
    public object? Execute(string sql)
    {
        using NpgsqlConnection connection = new(ConnectionString() + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        End(Stop.Immediate);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 20)
            {
                // Its last processes are still on their way out.
                Thread.Sleep(50);
            }
        }
    }

    private void Initialize()
    {
        if (_installation.User is not null)
        {
            RunToEnd("chown", _installation.User, _folder);
        }

        (string initdb, string[] arguments) = _installation.Command(
            "initdb", "-D", Data, "-U", Superuser, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync");
        RunToEnd(initdb, arguments);
        File.AppendAllText(
            Path.Combine(Data, "postgresql.conf"),
            """
            fsync = on
            wal_writer_delay = 10s
            max_connections = 60
            shared_buffers = 64MB
            max_wal_size = 256MB
            """);
    }

    private void Spawn(string program, string[] arguments)
    {
        _process?.Dispose();
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        Process process = Process.Start(start)!;
        string log = Path.Combine(_folder, "server.log");
        Lock gate = new();
        DataReceivedEventHandler write = (_, line) =>
        {
            lock (gate)
            {
                try
                {
                    File.AppendAllText(log, line.Data + "\n");
                }
                catch (DirectoryNotFoundException)
                {
                    // A last word after the folder was deleted.
                }
            }
        };
        process.ErrorDataReceived += write;
        process.OutputDataReceived += write;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _process = process;
    }

    private bool Answers()
    {
        try
        {
            Execute("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static void RunToEnd(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {error}{output.Result}");
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
