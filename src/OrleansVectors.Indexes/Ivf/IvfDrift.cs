namespace OrleansVectors.Indexes.Ivf;

/// <summary>How well the lists still fit what is in them, against how they did when they were trained.</summary>
/// <param name="Imbalance">
/// Lists times the sum of the squares of their shares: 1 when all are as long, 2 when a search looks at twice as many entries
/// as it would then. 0 when empty.
/// </param>
/// <param name="ImbalanceAtTraining">The same of the sample.</param>
/// <param name="Distance">The mean distance of recently inserted vectors from their lists' centroids (squared for Euclid); 0 when there are none.</param>
/// <param name="DistanceAtTraining">The same of the sample.</param>
/// <param name="Count">Vectors in the lists.</param>
/// <param name="CountAtTraining">Vectors that the number of lists was chosen for.</param>
public readonly record struct IvfDrift(
    double Imbalance, double ImbalanceAtTraining, double Distance, double DistanceAtTraining, long Count, long CountAtTraining)
{
    private const double ImbalanceMax = 2;
    private const double DistanceMax = 1.4;
    private const int GrowthMax = 4;

    /// <summary>Fewer points than this are found quickly however they lie.</summary>
    private const int CountMin = 10_000;

    /// <summary>
    /// Whether new lists would make searches noticeably better: entries crowd in few lists, what arrives lies far from all
    /// centroids, or there are several times as many points as the lists were made for.
    /// </summary>
    public bool NeedsRetraining =>
        Count >= CountMin
        && (Imbalance > ImbalanceMax * Math.Max(1, ImbalanceAtTraining)
            || Distance > DistanceMax * DistanceAtTraining
            || Count > GrowthMax * CountAtTraining);
}
