namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// A condition made of others: every one of <see cref="Must"/>, none of <see cref="MustNot"/>, at least one of
/// <see cref="Should"/> and at least a count of <see cref="MinShould"/> have to match. Empty parts ask for nothing.
/// </summary>
public sealed record Filter
{
    /// <summary>The filter that every point matches.</summary>
    public static Filter MatchAll { get; } = new();

    /// <summary>All of these match.</summary>
    public IReadOnlyList<Condition> Must { get; init; } = [];

    /// <summary>At least one of these matches, unless the list is empty.</summary>
    public IReadOnlyList<Condition> Should { get; init; } = [];

    /// <summary>None of these matches.</summary>
    public IReadOnlyList<Condition> MustNot { get; init; } = [];

    /// <summary>At least a number of these match; null asks for nothing.</summary>
    public MinShould? MinShould { get; init; }

    /// <summary>True when the filter asks for nothing.</summary>
    public bool IsEmpty
        => Must.Count == 0 && Should.Count == 0 && MustNot.Count == 0 && MinShould is null or { MinCount: 0 };
}
