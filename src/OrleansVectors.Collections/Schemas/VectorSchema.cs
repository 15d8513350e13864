using OrleansVectors.Numerics;

namespace OrleansVectors.Collections.Schemas;

/// <summary>One vector name of a collection.</summary>
/// <param name="Size">Components, 1 to <see cref="CollectionLimits.VectorSizeMax"/>.</param>
/// <param name="Metric">How distance is measured.</param>
/// <param name="Hnsw">Graph settings of this name; null takes the collection's.</param>
/// <param name="OnDisk">Repeated in answers; null when not given.</param>
public sealed record VectorSchema(int Size, DistanceMetric Metric, HnswSettings? Hnsw = null, bool? OnDisk = null);
