using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>A kind of code cannot approximate a metric; <see cref="Quantizer.Supports"/> says so beforehand.</summary>
/// <param name="kind">The kind.</param>
/// <param name="metric">The metric.</param>
/// <param name="dim">Components of a vector.</param>
public sealed class QuantizerUnsupportedException(QuantizerKind kind, DistanceMetric metric, int dim)
    : Exception($"quantizer {kind} does not support {metric} distances of {dim} components")
{
    public QuantizerKind Kind { get; } = kind;

    public DistanceMetric Metric { get; } = metric;

    public int Dim { get; } = dim;
}
