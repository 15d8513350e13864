using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Partitions.Reading;

/// <summary>A page of points in id order, or in the order of a payload value.</summary>
public sealed record ScrollRequest
{
    /// <summary>Points must match; null admits all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>Points wanted.</summary>
    public required int Limit { get; init; }

    /// <summary>First id of the page; null starts at the lowest. Not together with <see cref="OrderBy"/>.</summary>
    public PointId? From { get; init; }

    /// <summary>Order by a payload value instead of the id.</summary>
    public PayloadOrder? OrderBy { get; init; }

    /// <summary>What the points carry.</summary>
    public required PointProjection Projection { get; init; }
}
