namespace OrleansVectors.Partitions.Filters;

/// <summary>Bounds of a number of values; null bounds nothing.</summary>
public readonly record struct CountRange(ulong? Lt, ulong? Gt, ulong? Lte, ulong? Gte)
{
    /// <summary>True when the count is within every bound.</summary>
    public bool Contains(ulong count) => !(count >= Lt) && !(count <= Gt) && !(count > Lte) && !(count < Gte);
}
