using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace OrleansVectors.Server.Tests.Hosting;

/// <summary>
/// The real server as a child process on a loopback port of the system's choice, with a data folder of its own that lives
/// as long as this object. Kill it as often as you like and start it again over the same folder.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly string[] _arguments;
    private readonly bool _ownsFolder;
    private Process? _process;

    private ServerProcess(string dataFolder, bool ownsFolder, string[] arguments)
    {
        DataFolder = dataFolder;
        _ownsFolder = ownsFolder;
        _arguments = arguments;
    }

    /// <summary>The folder the server keeps its data in.</summary>
    public string DataFolder { get; }

    /// <summary>Where the running server listens, as <c>http://127.0.0.1:34567</c>; another one after each start.</summary>
    public string BaseUrl { get; private set; } = "";

    /// <summary>A client of the running server; a new one after each start.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>The running process's number.</summary>
    public int Id => _process?.Id ?? throw new InvalidOperationException("the server is not running");

    /// <summary>Everything the server has printed so far, over all starts.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>The built server, which the reference to its project puts beside the tests.</summary>
    public static string ServerAssembly { get; } = Path.Combine(AppContext.BaseDirectory, "OrleansVectors.Server.dll");

    /// <summary>Starts a server over a new folder (or over <paramref name="dataFolder"/>, which is then left in place).</summary>
    /// <param name="dataFolder">An existing data folder, or null.</param>
    /// <param name="arguments">More options of the server.</param>
    public static async Task<ServerProcess> StartAsync(string? dataFolder = null, params string[] arguments)
    {
        string folder = dataFolder ?? Directory.CreateTempSubdirectory("ov-server-").FullName;
        var server = new ServerProcess(folder, ownsFolder: dataFolder is null, arguments);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server again after <see cref="Kill"/> or <see cref="StopAsync"/>; returns when it answers.</summary>
    public async Task StartAgainAsync()
    {
        Assert.True(_process is null, "the server is running already");
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Process process = Spawn(["--data", DataFolder, "--urls", "http://127.0.0.1:0", .. _arguments]);
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            Collect(line.Data);
            if (line.Data is not null && ListeningLine().Match(line.Data) is { Success: true } match)
                listening.TrySetResult(match.Groups[1].Value);
        };
        process.ErrorDataReceived += (_, line) => Collect(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("the server ended"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            BaseUrl = await listening.Task.WaitAsync(ReadyTimeout);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"the server did not come up: {exception.Message}\n{Output}", exception);
        }

        Http.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(BaseUrl), Timeout = TimeSpan.FromSeconds(100) };
    }

    /// <summary>Ends the server at once, as <c>kill -9</c> does: no handler of it runs.</summary>
    public void Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks the server to stop (SIGTERM) and waits until it has; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Process process = _process ?? throw new InvalidOperationException("the server is not running");
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(StopTimeout);
        await process.WaitForExitAsync(patience.Token);
        int code = process.ExitCode;
        process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>Runs the server with these arguments alone until it ends by itself, as when it refuses to start.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunToEndAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = Spawn(arguments, environment);
        using var patience = new CancellationTokenSource(StopTimeout);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Kills the server and deletes its folder.</summary>
    public ValueTask DisposeAsync()
    {
        Kill();
        Http.Dispose();
        if (_ownsFolder)
            Directory.Delete(DataFolder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static Process Spawn(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [ServerAssembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // No appsettings.json of whoever runs the tests is picked up.
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (string name in start.Environment.Keys.Where(IsServerSetting).ToList())
            start.Environment.Remove(name);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static bool IsServerSetting(string variable)
        => variable.StartsWith("OV_", StringComparison.Ordinal) || variable.StartsWith("ASPNETCORE_", StringComparison.Ordinal);

    private void Collect(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }

    [GeneratedRegex(@"^\s+listening\s+(http://\S+)$")]
    private static partial Regex ListeningLine();
}
