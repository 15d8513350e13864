namespace OrleansVectors.Partitions.Filters;

/// <summary>The point has one of these ids.</summary>
public sealed record HasIdCondition(IReadOnlyList<PointId> Ids) : Condition;
