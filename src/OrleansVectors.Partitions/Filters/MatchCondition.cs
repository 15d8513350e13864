using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>A value at <paramref name="Key"/>, or an element of an array there, matches.</summary>
public sealed record MatchCondition(PayloadPath Key, Match Match) : Condition;
