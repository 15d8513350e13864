using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>What a search of an index cost.</summary>
/// <param name="Visited">Nodes or lists that were looked at.</param>
/// <param name="VectorDistances">Distances between full vectors.</param>
/// <param name="CodeDistances">Distances from codes.</param>
/// <param name="Rescored">Candidates scored again by their full vectors.</param>
/// <param name="BudgetExhausted">Whether it gave up before it had found what there is.</param>
internal readonly record struct IndexSearchStats(
    int Visited, int VectorDistances, int CodeDistances, int Rescored, bool BudgetExhausted)
{
    /// <summary>Nodes that did not match and were looked through to their neighbours.</summary>
    public int TwoHops { get; init; }

    /// <summary>Whether candidates that were not scored again may be nearer than what was found.</summary>
    public bool MayHideNearer { get; init; }

    /// <summary>How much of the time went into <see cref="Rescored"/>, in microseconds.</summary>
    public double RescoreMicros { get; init; }

    /// <summary>The codes that were looked at; null when there were none.</summary>
    public QuantizerKind? Codes { get; init; }

    /// <summary>Candidates by code for each result; 1 where they were not scored again.</summary>
    public float Oversampling { get; init; }
}
