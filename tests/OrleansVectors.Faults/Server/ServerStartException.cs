namespace OrleansVectors.Faults.Server;

/// <summary>The server ended before it answered, or did not answer in time. The message carries what it printed.</summary>
internal sealed class ServerStartException(string message, int? exitCode = null) : Exception(message)
{
    /// <summary>What the process ended with; null when it was running still.</summary>
    public int? ExitCode { get; } = exitCode;
}
