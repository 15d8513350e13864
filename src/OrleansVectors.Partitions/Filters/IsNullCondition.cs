using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>A value at <paramref name="Key"/> is null itself (an array that contains null is not).</summary>
public sealed record IsNullCondition(PayloadPath Key) : Condition;
