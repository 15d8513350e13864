using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>A number at <paramref name="Key"/>, or an element of an array there, lies in the range.</summary>
public sealed record RangeCondition(PayloadPath Key, NumberRange Range) : Condition;
