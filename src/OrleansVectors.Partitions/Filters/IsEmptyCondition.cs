using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>Every value at <paramref name="Key"/> is null or <c>[]</c>; also when there is none.</summary>
public sealed record IsEmptyCondition(PayloadPath Key) : Condition;
