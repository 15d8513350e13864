using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// A text at <paramref name="Key"/>, or an element of an array there, that reads as a moment
/// (<see cref="PayloadDateTime"/>) lies in the range.
/// </summary>
public sealed record DateTimeRangeCondition(PayloadPath Key, DateTimeRange Range) : Condition;
