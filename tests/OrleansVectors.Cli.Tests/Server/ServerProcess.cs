using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansVectors.Cli.Tests.CommandLine;

namespace OrleansVectors.Cli.Tests.Server;

/// <summary>The real server as a process of its own, with a folder of its own.</summary>
/// <remarks>The port is chosen here and not by the server, because an import goes on at the same address after a restart.</remarks>
public sealed class ServerProcess : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _data = new();
    private readonly StringBuilder _output = new();
    private Process? _process;

    public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

    /// <summary>Its data folder.</summary>
    public string Data => _data.File("data");

    public int ProcessId => _process!.Id;

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts it (again) over the same folder and waits until it is ready.</summary>
    public async Task StartAsync(params string[] options)
    {
        ProcessStartInfo start = new("dotnet", [ServerAssembly(), "--urls", Url, "--data", Data, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // Neither a configuration file nor the environment of whoever runs the tests is picked up.
            WorkingDirectory = _data.Path,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("OV_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        using HttpClient http = new();
        Stopwatch clock = Stopwatch.StartNew();
        while (!await IsReadyAsync(http))
        {
            Assert.False(_process.HasExited, $"the server ended: {_output}");
            Assert.True(clock.Elapsed < StartTimeout, $"the server is not ready after {StartTimeout}: {_output}");
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it without a chance to tidy up.</summary>
    public void Kill()
    {
        _process!.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _data.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs <c>ov</c> against this server, in this process.</summary>
    internal Task<Invocation> RunAsync(params string[] arguments)
        => Invocation.RunAsync(TestContext.Current.CancellationToken, [.. arguments, "--url", Url]);

    private static string ServerAssembly()
    {
        // .../tests/OrleansVectors.Cli.Tests/bin/CONFIGURATION/FRAMEWORK/
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        DirectoryInfo root = framework;
        while (!File.Exists(Path.Combine(root.FullName, "OrleansVectors.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("the tests do not run from inside the repository");
        }

        return Path.Combine(root.FullName, "src", "OrleansVectors.Server", "bin", framework.Parent!.Name, framework.Name, "OrleansVectors.Server.dll");
    }

    private async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(Url + "/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
