namespace OrleansVectors.Collections.Canary;

/// <summary>How much of the true answer searches of one vector name find, measured on stored vectors while nobody else asks.</summary>
/// <param name="Recall">Share of the ten nearest points that a search with default settings finds, 0 to 1: a moving average.</param>
/// <param name="Samples">Vectors that were searched for since the collection was opened.</param>
public readonly record struct RecallEstimate(double Recall, long Samples)
{
    /// <summary>Nearest points that are compared.</summary>
    public const int Nearest = 10;

    /// <summary>Samples that the moving average reaches back.</summary>
    public const int Window = 64;

    /// <summary>The estimate with one more sample.</summary>
    internal RecallEstimate With(double recall)
        => new(Recall + ((recall - Recall) / Math.Min(Samples + 1, Window)), Samples + 1);
}
