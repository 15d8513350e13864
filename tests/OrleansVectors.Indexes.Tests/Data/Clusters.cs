using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Data;

/// <summary>Vectors in Gaussian clusters, as real ones tend to be, from a seed.</summary>
internal sealed class Clusters
{
    private readonly Random random;
    private readonly float[][] centres;
    private readonly DistanceMetric metric;
    private readonly float spread;

    public Clusters(int dim, int count, DistanceMetric metric, int seed, float spread = 0.5f)
    {
        random = new Random(seed);
        this.metric = metric;
        this.spread = spread;
        Dim = dim;
        centres = new float[count][];
        for (var i = 0; i < count; i++)
        {
            centres[i] = new float[dim];
            for (var j = 0; j < dim; j++)
            {
                centres[i][j] = Gaussian(random);
            }
        }
    }

    public int Dim { get; }

    /// <summary>A vector of a random cluster.</summary>
    public float[] Next() => Next(random.Next(centres.Length));

    /// <summary>A vector of a random cluster, for one of several threads.</summary>
    public float[] NextFor(Random ofThread) => Next(ofThread.Next(centres.Length), ofThread);

    /// <summary>A vector of a given cluster; of length 1 for cosine.</summary>
    public float[] Next(int cluster) => Next(cluster, random);

    private float[] Next(int cluster, Random random)
    {
        var vector = new float[Dim];
        for (var j = 0; j < Dim; j++)
        {
            vector[j] = centres[cluster][j] + (spread * Gaussian(random));
        }

        if (metric == DistanceMetric.Cosine)
        {
            Numerics.Kernels.VectorDistance.Normalize(vector);
        }

        return vector;
    }

    /// <summary>Writes a vector of a random cluster to each ordinal from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public void Fill(VectorRows rows, uint from, uint to)
    {
        for (var ordinal = from; ordinal < to; ordinal++)
        {
            rows.Write(ordinal, Next());
        }
    }

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
