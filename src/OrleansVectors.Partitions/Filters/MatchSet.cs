namespace OrleansVectors.Partitions.Filters;

/// <summary>Texts or integers to compare with; never both.</summary>
public sealed record MatchSet
{
    private MatchSet(IReadOnlyList<string> strings, IReadOnlyList<long> integers)
    {
        Strings = strings;
        Integers = integers;
    }

    /// <summary>The set without values.</summary>
    public static MatchSet Empty { get; } = new([], []);

    /// <summary>The texts; empty for a set of integers.</summary>
    public IReadOnlyList<string> Strings { get; }

    /// <summary>The integers; empty for a set of texts.</summary>
    public IReadOnlyList<long> Integers { get; }

    /// <summary>A set of texts.</summary>
    public static MatchSet OfStrings(IReadOnlyList<string> values) => new(values, []);

    /// <summary>A set of integers.</summary>
    public static MatchSet OfIntegers(IReadOnlyList<long> values) => new([], values);
}
