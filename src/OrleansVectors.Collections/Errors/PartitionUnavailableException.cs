namespace OrleansVectors.Collections.Errors;

/// <summary>A partition cannot answer now: its data are damaged or its log refuses writes. Nothing was stored.</summary>
public sealed class PartitionUnavailableException(string message, Exception? inner = null)
    : OrleansVectorsException(message, inner);
