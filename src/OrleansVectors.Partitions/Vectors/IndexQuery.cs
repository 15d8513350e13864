using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>What a search asks of an index.</summary>
internal readonly ref struct IndexQuery
{
    /// <summary>The components; normalised for cosine.</summary>
    public required ReadOnlySpan<float> Vector { get; init; }

    /// <summary>How many are wanted.</summary>
    public required int K { get; init; }

    /// <summary>Candidates that are kept while looking, at least <see cref="K"/>.</summary>
    public required int Ef { get; init; }

    /// <summary>How a graph is walked under the filter, from where, and what that may cost.</summary>
    public WalkPlan Walk { get; init; }

    /// <summary>Inverted lists that are scanned; null takes the schema's number.</summary>
    public int? NProbe { get; init; }

    /// <summary>How codes are used; null as the index sees fit.</summary>
    public QuantizationSearch? Codes { get; init; }
}
