namespace OrleansVectors.Partitions;

/// <summary>A moment of a partition, taken by a reader at once.</summary>
/// <param name="Sequence">The last operation that is visible.</param>
/// <param name="Rows">Ordinals in use at that moment.</param>
/// <param name="LivePoints">Points at that moment.</param>
internal sealed record AppliedState(ulong Sequence, uint Rows, long LivePoints)
{
    /// <summary>Versions written since the partition was opened.</summary>
    public long Versions { get; init; }
}
