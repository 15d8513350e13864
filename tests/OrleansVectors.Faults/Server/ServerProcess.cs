using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Server;

/// <summary>The real server as a child process over one data folder: started, killed and started again as often as one likes.</summary>
internal sealed partial class ServerProcess(ServerProgram program, string dataFolder, params string[] arguments) : IDisposable
{
    private const int OutputLinesMax = 12;
    private const int OutputLineCharsMax = 400;
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Most of a round is the start of a runtime. These make it a third shorter and change nothing in what is tested: code
    /// is compiled quickly rather than well, and the collector keeps one heap.
    /// </summary>
    private static readonly Dictionary<string, string> QuickStart = new()
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_QuickJitForLoops"] = "1",
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
    };

    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;
    private RestClient? _rest;

    /// <summary>The folder the server keeps its data in.</summary>
    public string DataFolder => dataFolder;

    /// <summary>More variables of the environment, for the next start.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>A client of the running server; a new one after each start, so that no connection outlives a kill.</summary>
    public RestClient Rest => _rest ?? throw new InvalidOperationException("the server was never started");

    /// <summary>The last lines the server printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Whether the process is there.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts the server; returns when it answers.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="ServerStartException">It ended instead, or took too long.</exception>
    public async Task<TimeSpan> StartAsync()
    {
        long started = Stopwatch.GetTimestamp();
        TaskCompletionSource<string> listening = Spawn();
        string address;
        try
        {
            address = await listening.Task.WaitAsync(ReadyTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Kill();
            throw new ServerStartException($"no answer within {ReadyTimeout.TotalSeconds} s\n{Output}");
        }

        _rest = new RestClient(address);
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Starts the server and kills it after so long, whether it answers by then or not.</summary>
    public async Task StartAndKillAsync(TimeSpan after)
    {
        TaskCompletionSource<string> listening = Spawn();
        _ = listening.Task.ContinueWith(task => task.Exception, TaskScheduler.Default);
        await Task.Delay(after).ConfigureAwait(false);
        Kill();
    }

    /// <summary>Ends the server at once, as <c>kill -9</c> does: no handler of it runs.</summary>
    public void Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        Forget();
    }

    /// <summary>Asks the server to stop (SIGTERM) and waits until it has; returns its exit code.</summary>
    /// <exception cref="ServerStartException">It does not stop.</exception>
    public async Task<int> StopAsync()
    {
        Process process = _process ?? throw new InvalidOperationException("the server is not running");
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync().ConfigureAwait(false);
        using CancellationTokenSource patience = new(StopTimeout);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw new ServerStartException($"no end within {StopTimeout.TotalSeconds} s of SIGTERM\n{Output}");
        }

        int code = process.ExitCode;
        Forget();
        return code;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _rest?.Dispose();
    }

    private TaskCompletionSource<string> Spawn()
    {
        Debug.Assert(_process is null, "the server is running already");
        ProcessStartInfo start = new(program.Command, [.. program.Arguments, "--data", dataFolder, "--urls", "http://127.0.0.1:0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // No appsettings.json of whoever runs this is picked up.
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("OV_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach ((string name, string value) in QuickStart.Concat(Environment))
            start.Environment[name] = value;

        TaskCompletionSource<string> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Collect(line.Data, listening);
        process.ErrorDataReceived += (_, line) => Collect(line.Data, listening);
        process.Exited += (sender, _) => listening.TrySetException(Ended((Process)sender!));
        process.Start();
        LiveProcesses.Add(process);
        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return listening;
    }

    private ServerStartException Ended(Process process)
    {
        // The pipes may hold lines still when the process is gone.
        Thread.Sleep(50);
        int? code = null;
        try
        {
            code = process.ExitCode;
        }
        catch (InvalidOperationException)
        {
            // Killed by us meanwhile: the object is closed.
        }

        return new ServerStartException($"the server ended with {code}\n{Output}", code);
    }

    private void Collect(string? line, TaskCompletionSource<string> listening)
    {
        if (line is null)
            return;
        _output.Enqueue(line.Length > OutputLineCharsMax ? line[..OutputLineCharsMax] : line);
        if (_output.Count > OutputLinesMax)
            _output.TryDequeue(out _);
        if (ListeningLine().Match(line) is { Success: true } match)
            listening.TrySetResult(match.Groups[1].Value);
    }

    private void Forget()
    {
        LiveProcesses.Remove(_process!);
        _process!.Dispose();
        _process = null;
    }

    [GeneratedRegex(@"^\s+listening\s+(http://\S+)$")]
    private static partial Regex ListeningLine();
}
