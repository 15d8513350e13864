namespace OrleansVectors.Partitions.Filters;

/// <summary>The stored value is this truth value.</summary>
public sealed record MatchBoolean(bool Value) : Match;
