using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// The number of values at <paramref name="Key"/> lies in the range: the length of an array, 0 for null or nothing, 1
/// for anything else.
/// </summary>
public sealed record ValuesCountCondition(PayloadPath Key, CountRange Range) : Condition;
