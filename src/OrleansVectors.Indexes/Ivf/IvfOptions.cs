using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>How an inverted file is built. Everything but <see cref="Iterations"/> is fixed for its life.</summary>
public sealed record IvfOptions
{
    /// <summary>More lists than this cost more to choose from than they save.</summary>
    public const int ListsMax = 1 << 18;

    /// <summary>Lists for each square root of the points that are there when it is trained, when <see cref="Lists"/> is 0.</summary>
    public const int ListsPerRoot = 4;

    private const int PointsPerListMin = 8;

    /// <summary>How many lists; 0 for <see cref="ListsPerRoot"/> times the root of the points that are there when it is trained.</summary>
    public int Lists { get; init; }

    /// <summary>
    /// What the lists hold of a vector besides its ordinal: nothing (null: entries are scored by their rows, exactly),
    /// Int8, Int4, RaBitQ1, RaBitQ2, RaBitQ4, Product or RotatedProduct.
    /// </summary>
    public QuantizerKind? Codes { get; init; }

    /// <summary>The parts that a product code splits a vector into, four bits each; 0 for one for every two components.</summary>
    public int Subvectors { get; init; }

    /// <summary>The same seed, vectors and machine give the same lists.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Passes of the clustering.</summary>
    public int Iterations { get; init; } = Clustering.KMeansOptions.OrdinaryIterations;

    /// <summary>How many lists an index trained on so many points has.</summary>
    public int ListsFor(long points) =>
        Lists != 0 ? Lists : (int)Math.Clamp(ListsPerRoot * (long)Math.Sqrt(points), 1, Math.Clamp(points / PointsPerListMin, 1, ListsMax));

    /// <summary>Whether codes are products of short ones, of which <see cref="Subvectors"/> is the number.</summary>
    internal bool HasParts => Codes is QuantizerKind.Product or QuantizerKind.RotatedProduct;

    /// <summary>The parts of a vector of so many components.</summary>
    internal int PartsOf(int dim) => Subvectors != 0 ? Subvectors : (dim + 1) / 2;

    internal static void Check(IvfOptions options, int dim, DistanceMetric metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Lists);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Lists, ListsMax);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Iterations);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Subvectors);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Subvectors, dim);
        if (options.Codes == QuantizerKind.RotatedProduct)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dim, Quantizer.RotatedDimMax);
        }

        if (options.Codes is not (null or QuantizerKind.Int8 or QuantizerKind.Int4 or QuantizerKind.RaBitQ1 or QuantizerKind.RaBitQ2 or QuantizerKind.RaBitQ4 or QuantizerKind.Product or QuantizerKind.RotatedProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Codes, "lists hold no such codes");
        }

        if (options.Codes is not null && metric is DistanceMetric.Manhattan or DistanceMetric.Hamming)
        {
            throw new ArgumentException($"codes in lists estimate inner products, which {metric} distances are not made of", nameof(options));
        }
    }
}
