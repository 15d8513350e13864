using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// The form written beside a key: a value there is null or an array that contains null (or is neither, when
/// <paramref name="Expected"/> is false). A missing value counts as not null.
/// </summary>
public sealed record FieldIsNullCondition(PayloadPath Key, bool Expected) : Condition;
