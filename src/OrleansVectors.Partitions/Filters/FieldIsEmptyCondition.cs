using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// The form written beside a key: a value there is null or <c>[]</c> (or none is, when <paramref name="Expected"/> is
/// false). A missing value counts as empty.
/// </summary>
public sealed record FieldIsEmptyCondition(PayloadPath Key, bool Expected) : Condition;
