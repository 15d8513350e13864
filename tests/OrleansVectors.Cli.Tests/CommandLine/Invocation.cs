using OrleansVectors.Cli.CommandLine;

namespace OrleansVectors.Cli.Tests.CommandLine;

/// <summary>One run of the command line in this process, with what it wrote.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    public static async Task<Invocation> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        // Senders complain from several threads.
        using StringWriter output = new();
        using StringWriter error = new();
        using MemoryStream bytes = new();
        Terminal terminal = new(TextWriter.Synchronized(output), TextWriter.Synchronized(error), () => bytes, ErrorIsTerminal: false);
        int exitCode = await OvCommandLine.RunAsync(arguments, terminal, cancellation);
        return new Invocation(exitCode, output.ToString() + System.Text.Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }
}
