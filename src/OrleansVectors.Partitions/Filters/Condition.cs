namespace OrleansVectors.Partitions.Filters;

/// <summary>One test of a point. Immutable.</summary>
public abstract record Condition;
