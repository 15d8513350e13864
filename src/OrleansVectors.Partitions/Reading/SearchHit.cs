namespace OrleansVectors.Partitions.Reading;

/// <summary>One found point.</summary>
/// <param name="Distance">Smaller is nearer: squared L2, minus the dot product (also for cosine), L1, or the number of components that differ (Hamming).</param>
/// <param name="Point">The point with what the projection asked for.</param>
public sealed record SearchHit(float Distance, PointRecord Point);
