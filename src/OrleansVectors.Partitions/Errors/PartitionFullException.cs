namespace OrleansVectors.Partitions.Errors;

/// <summary>A write would exceed what a partition can hold.</summary>
/// <param name="what">What is used up: points or payload bytes.</param>
/// <param name="bound">The most it can hold.</param>
/// <param name="wanted">What the write would make of it.</param>
public sealed class PartitionFullException(string what, long bound, long wanted)
    : PartitionException($"the partition is full: {what} would be {wanted}, at most {bound} are possible")
{
    /// <summary>The most it can hold.</summary>
    public long Bound { get; } = bound;

    /// <summary>What the write would make of it.</summary>
    public long Wanted { get; } = wanted;
}
