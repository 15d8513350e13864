namespace OrleansVectors.Partitions.Filters;

/// <summary>The point matches another filter.</summary>
public sealed record FilterCondition(Filter Filter) : Condition;
