namespace OrleansVectors.Partitions.Filters;

/// <summary>The stored value is this integer; 1.0 is no integer.</summary>
public sealed record MatchInteger(long Value) : Match;
