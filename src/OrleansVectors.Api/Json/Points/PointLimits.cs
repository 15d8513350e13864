namespace OrleansVectors.Api.Json.Points;

/// <summary>Bounds on requests about points, beside those of <see cref="Collections.CollectionLimits"/>.</summary>
internal static class PointLimits
{
    /// <summary>Queries in one batch.</summary>
    public const int QueriesMax = 1_000;

    /// <summary>Operations in one batch of updates.</summary>
    public const int OperationsMax = 1_000;

    /// <summary>Ids in one list.</summary>
    public const int IdsMax = 1_000_000;

    /// <summary>Names, keys or paths in one list.</summary>
    public const int NamesMax = 1_024;
}
