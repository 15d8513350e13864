namespace OrleansVectors.Partitions.Filters;

/// <summary>At least <paramref name="MinCount"/> of the conditions match; more than there are matches nothing.</summary>
public sealed record MinShould(IReadOnlyList<Condition> Conditions, int MinCount);
