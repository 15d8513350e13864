namespace OrleansVectors.Partitions.Filters;

/// <summary>There is a stored value, not null, that is none of the set; the empty set matches any such value.</summary>
public sealed record MatchExcept(MatchSet Values) : Match;
