namespace OrleansVectors.Partitions.Filters;

/// <summary>The stored value is one of the set; the empty set matches nothing.</summary>
public sealed record MatchAny(MatchSet Values) : Match;
