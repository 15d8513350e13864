namespace OrleansVectors.Partitions.Errors;

/// <summary>
/// What ended versions hold could not be used again for too long, because readers or an index still look at them; nothing
/// of the write was stored. Trying again later helps.
/// </summary>
public sealed class ReclaimingBacklogException(string message) : PartitionException(message);
