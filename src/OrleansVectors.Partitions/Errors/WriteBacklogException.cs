namespace OrleansVectors.Partitions.Errors;

/// <summary>Writes came faster than they could be indexed for too long; nothing of this one was stored. Trying again later helps.</summary>
public sealed class WriteBacklogException(string message) : PartitionException(message);
