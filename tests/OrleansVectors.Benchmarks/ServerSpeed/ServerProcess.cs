using System.Diagnostics;
using System.Text.RegularExpressions;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>The real server as a child process, on a port of the system's choice, over a data folder.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(5);

    private readonly Process process;

    private ServerProcess(Process process, string url)
    {
        this.process = process;
        Url = url;
    }

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    /// <summary>Bytes of memory that it holds now.</summary>
    public long MemoryBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Seconds of the processor that it has used.</summary>
    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts it; returns when it listens.</summary>
    /// <param name="published">The folder of a published server; null for the one built with the benchmarks.</param>
    /// <param name="dataFolder">Where its data are.</param>
    /// <param name="options">More options.</param>
    /// <exception cref="InvalidOperationException">It ended, or did not listen in time.</exception>
    public static ServerProcess Start(string? published, string dataFolder, params string[] options)
    {
        var program = published is null ? "dotnet" : Path.Combine(published, "OrleansVectors.Server");
        string[] assembly = published is null ? [Path.Combine(AppContext.BaseDirectory, "OrleansVectors.Server.dll")] : [];
        var start = new ProcessStartInfo(program, [.. assembly, "--data", dataFolder, "--urls", "http://127.0.0.1:0", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null && ListeningLine().Match(line.Data) is { Success: true } match)
            {
                listening.TrySetResult(match.Groups[1].Value);
            }
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                Console.Error.WriteLine(line.Data);
            }
        };
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("the server ended"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new ServerProcess(process, listening.Task.WaitAsync(ReadyTimeout).GetAwaiter().GetResult());
        }
        catch
        {
            End(process);
            throw;
        }
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public void Dispose() => End(process);

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    [GeneratedRegex(@"^\s+listening\s+(http://\S+)$")]
    private static partial Regex ListeningLine();
}
