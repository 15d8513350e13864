using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Partitions.Reading;

/// <summary>A nearest-neighbour search.</summary>
public sealed record SearchRequest
{
    /// <summary>Which vector of the points is searched; the empty name is the default vector.</summary>
    public string VectorName { get; init; } = "";

    /// <summary>The query, as many components as the schema's size; for a multi-vector any number of rows of it, one after the other.</summary>
    public required ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>Points must match; null admits all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>Points wanted, after <see cref="Offset"/>.</summary>
    public required int Limit { get; init; }

    /// <summary>Nearest points passed over first.</summary>
    public int Offset { get; init; }

    /// <summary>Only points at most this far (distance, smaller is nearer); null for no bound.</summary>
    public float? DistanceMax { get; init; }

    /// <summary>Scan every point instead of walking the graph.</summary>
    public bool Exact { get; init; }

    /// <summary>Leave out points that no graph holds yet.</summary>
    public bool IndexedOnly { get; init; }

    /// <summary>Breadth of the graph walk; null takes the collection's default. At least 1.</summary>
    public int? HnswEf { get; init; }

    /// <summary>How many inverted lists are scanned; null takes the schema's. At least 1. Other kinds of index pass it over.</summary>
    public int? NProbe { get; init; }

    /// <summary>How codes are used; null takes the index's own way.</summary>
    public QuantizationSearch? Quantization { get; init; }

    /// <summary>Whether the answer says how it was found.</summary>
    public bool Explain { get; init; }

    /// <summary>Whether nobody asked for it but who measures searches in idle time: statistics leave it out.</summary>
    public bool IsSample { get; init; }

    /// <summary>A point to leave out (the one whose vector is the query).</summary>
    public PointId? Excluded { get; init; }

    /// <summary>What the hits carry.</summary>
    public PointProjection Projection { get; init; } = PointProjection.IdOnly;
}
