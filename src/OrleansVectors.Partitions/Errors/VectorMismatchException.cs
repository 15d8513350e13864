namespace OrleansVectors.Partitions.Errors;

/// <summary>A search does not fit the schema as it is now, perhaps because that has just changed.</summary>
/// <param name="name">The vector name that was asked for.</param>
/// <param name="expectedDim">Components the schema wants; null when it has no such name.</param>
/// <param name="actualDim">Components of the query.</param>
public sealed class VectorMismatchException(string name, int? expectedDim, int actualDim)
    : PartitionException(expectedDim is { } dim
        ? $"vector `{name}` has {dim} components, the query {actualDim}"
        : $"no vector is named `{name}`")
{
    /// <summary>The vector name that was asked for.</summary>
    public string Name { get; } = name;

    /// <summary>Components the schema wants; null when it has no such name.</summary>
    public int? ExpectedDim { get; } = expectedDim;

    /// <summary>Components of the query.</summary>
    public int ActualDim { get; } = actualDim;
}
