using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Schemas;

/// <summary>One vector name of a collection.</summary>
/// <param name="Size">Components, 1 to <see cref="CollectionLimits.VectorSizeMax"/>; of a multi-vector those of each row.</param>
/// <param name="Metric">How distance is measured.</param>
/// <param name="Hnsw">Graph settings of this name; null takes the collection's.</param>
/// <param name="OnDisk">Whether stored vectors may be left on disk; null when not given. <see cref="Memory"/> says it more finely.</param>
public sealed record VectorSchema(int Size, DistanceMetric Metric, HnswSettings? Hnsw = null, bool? OnDisk = null)
{
    /// <summary>Where stored vectors are asked to live; null when not given.</summary>
    public MemoryPlacement? Memory { get; init; }

    /// <summary>What makes searches fast; null is <see cref="VectorIndexKind.Hnsw"/>.</summary>
    public VectorIndexKind? Index { get; init; }

    /// <summary>Settings of inverted lists, for <see cref="VectorIndexKind.Ivf"/>.</summary>
    public IvfSettings? Ivf { get; init; }

    /// <summary>Codes of this name; null takes the collection's.</summary>
    public QuantizationSettings? Quantization { get; init; }

    /// <summary>How components are stored; null is <see cref="VectorDatatype.Float32"/>.</summary>
    public VectorDatatype? Datatype { get; init; }

    /// <summary>
    /// Whether a point has any number of rows under this name. They are compared by the sum, over the rows of the query,
    /// of the best score that a row of the point has (late interaction).
    /// </summary>
    public bool IsMultiVector { get; init; }
}
