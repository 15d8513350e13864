namespace OrleansVectors.Storage.Log;

/// <summary>An operation or group is larger than the log takes. It was refused before anything was written.</summary>
public sealed class OperationTooLargeException(long bytes, string limit, long limitBytes)
    : ArgumentException($"{bytes} bytes are more than {limit} allows ({limitBytes} bytes).")
{
    /// <summary>The refused size.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Name of the limit.</summary>
    public string Limit { get; } = limit;

    /// <summary>The limit.</summary>
    public long LimitBytes { get; } = limitBytes;
}
