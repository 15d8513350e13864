namespace OrleansVectors.Cli.CommandLine;

/// <summary>A command that cannot go on, with a message for the person who typed it.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCode.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
