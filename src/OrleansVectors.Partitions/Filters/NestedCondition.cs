using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// An object among the elements of the array at <paramref name="Key"/> matches the filter by itself; keys inside start
/// at that object. Conditions on the point (ids, vectors, slices) match nothing inside.
/// </summary>
public sealed record NestedCondition(PayloadPath Key, Filter Filter) : Condition;
