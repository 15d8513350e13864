using OrleansVectors.Numerics;

namespace OrleansVectors.Partitions.Schemas;

/// <summary>One vector name as a partition stores it.</summary>
public sealed record VectorFieldSchema
{
    /// <summary>
    /// The number that stands for the name in the log and in file names. A name that is deleted and made again gets a
    /// new one, so old log records never reach the new vectors.
    /// </summary>
    public required ushort Number { get; init; }

    /// <summary>The public name; empty for the unnamed vector.</summary>
    public required string Name { get; init; }

    /// <summary>Components; of a multi-vector those of each row.</summary>
    public required int Dim { get; init; }

    /// <summary>How distance is measured.</summary>
    public required DistanceMetric Metric { get; init; }

    /// <summary>Links per node above level 0; 0 means no graph, every search scans.</summary>
    public int M { get; init; } = 16;

    /// <summary>Candidates kept while inserting.</summary>
    public int EfConstruction { get; init; } = 100;

    /// <summary>Bytes of vectors below which no graph is built.</summary>
    public long GraphFromBytes { get; init; } = 10_000L << 10;

    /// <summary>What makes searches fast. <see cref="M"/> and <see cref="EfConstruction"/> are a graph's.</summary>
    public VectorIndexKind IndexKind { get; init; } = VectorIndexKind.Hnsw;

    /// <summary>Settings of inverted lists, for <see cref="VectorIndexKind.Ivf"/>.</summary>
    public IvfSchema Ivf { get; init; } = new();

    /// <summary>The codes that searches look at first; null for none.</summary>
    public QuantizationSchema? Quantization { get; init; }

    /// <summary>
    /// Whether vectors lie in the mapped pages of a file, which the system drops when it wants the memory, instead of in
    /// memory of the process. May change while the partition serves; Linux only, elsewhere they are in memory.
    /// </summary>
    public bool OnDisk { get; init; }

    /// <summary>How components are stored.</summary>
    public VectorDatatype Datatype { get; init; } = VectorDatatype.Float32;

    /// <summary>Whether a vector, or the rows of a multi-vector together, can have so many components.</summary>
    public bool Takes(int components) => IsMultiVector ? components > 0 && components % Dim == 0 : components == Dim;

    /// <summary>Whether a point has several rows under this name, compared row by row.</summary>
    public bool IsMultiVector { get; init; }

    /// <summary>The share of the nearest vectors that searches by an index are to find of those that exact searches would.</summary>
    public float TargetRecall => Quantization?.TargetRecall ?? QuantizationSchema.TargetRecallDefault;

    /// <summary>Whether searches are to find their way by an index.</summary>
    public bool HasIndex
        => Quantization is not null
            || IndexKind == VectorIndexKind.Ivf
            || (IndexKind == VectorIndexKind.Hnsw && M > 0);

    /// <summary>Whether an index built for the other schema serves this one.</summary>
    public bool HasSameIndexAs(VectorFieldSchema other)
        => IndexKind == other.IndexKind
            && M == other.M
            && EfConstruction == other.EfConstruction
            && Ivf == other.Ivf
            && (Quantization is null ? other.Quantization is null : Quantization.HasSameCodesAs(other.Quantization));
}
