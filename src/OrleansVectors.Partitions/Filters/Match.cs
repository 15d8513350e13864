namespace OrleansVectors.Partitions.Filters;

/// <summary>How a stored value is compared in a <see cref="MatchCondition"/>. Immutable.</summary>
public abstract record Match;
