using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>A query as the body gave it: point ids not yet resolved, vectors not yet checked against a schema.</summary>
internal sealed record QueryRequest
{
    /// <summary>What is asked for.</summary>
    public QueryKind Kind { get; init; }

    /// <summary>The vector, when the kind is <see cref="QueryKind.NearestToVector"/>.</summary>
    public float[] Vector { get; init; } = [];

    /// <summary>Rows of the vector when it is a multi-vector; 0 when it is an array of numbers.</summary>
    public int VectorRows { get; init; }

    /// <summary>Where the vector or the point id stands in the body.</summary>
    public string QueryPath { get; init; } = "";

    /// <summary>The point, when the kind is <see cref="QueryKind.NearestToPoint"/>.</summary>
    public PointId Point { get; init; }

    /// <summary>The order, when the kind is <see cref="QueryKind.OrderBy"/>.</summary>
    public PayloadOrder? Order { get; init; }

    /// <summary>The vector name that is searched; empty for the unnamed one.</summary>
    public string Using { get; init; } = "";

    /// <summary>Where the point's vector is looked up; null for the same collection and name.</summary>
    public LookupLocation? LookupFrom { get; init; }

    /// <summary>Points must match; null admits all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>How to search.</summary>
    public SearchParameters Parameters { get; init; }

    /// <summary>The worst score wanted; null for no bound.</summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>Points wanted.</summary>
    public int Limit { get; init; }

    /// <summary>Points passed over first.</summary>
    public int Offset { get; init; }

    /// <summary>What the points carry.</summary>
    public required PointProjection Projection { get; init; }
}
