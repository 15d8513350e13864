namespace OrleansVectors.Partitions.Filters;

/// <summary>Bounds of a moment in microseconds since 1970-01-01T00:00:00Z; null bounds nothing.</summary>
public readonly record struct DateTimeRange(long? Lt, long? Gt, long? Lte, long? Gte)
{
    /// <summary>True when the moment is within every bound.</summary>
    public bool Contains(long microseconds)
        => !(microseconds >= Lt) && !(microseconds <= Gt) && !(microseconds > Lte) && !(microseconds < Gte);
}
