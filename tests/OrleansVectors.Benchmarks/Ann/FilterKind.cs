namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Where the points that a filter admits lie.</summary>
internal enum FilterKind
{
    /// <summary>Anywhere, whatever the query.</summary>
    Random,

    /// <summary>Around a point near the query: the filter and the query agree.</summary>
    Near,

    /// <summary>Around a point far from the query: what is nearest does not match.</summary>
    Far,

    /// <summary>Everywhere but around a point near the query: what is nearest matches least, and what matches lies apart.</summary>
    Outside,
}
