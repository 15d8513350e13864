using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>
/// For each query the distance of its true 10th neighbour: a returned point is correct when it is not farther than that,
/// so that ties count whichever of the tied points is returned. Inner products of unit vectors tie only up to float32's
/// rounding, so for dot and cosine that much is allowed. Where fewer than 10 points may be returned, all of them are wanted.
/// </summary>
internal sealed class Truth
{
    /// <summary>Neighbours asked for.</summary>
    public const int K = 10;

    private const double DotRounding = 1e-6;

    private readonly DistanceMetric metric;
    private readonly QuerySet queries;
    private readonly double[] farthestCorrect;

    /// <param name="metric">How near two vectors are.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="rows">The vectors.</param>
    /// <param name="neighbors">For each query the ordinals of its true neighbours, at most <see cref="K"/>.</param>
    public Truth(DistanceMetric metric, QuerySet queries, VectorRows rows, int[][] neighbors)
    {
        this.metric = metric;
        this.queries = queries;
        farthestCorrect = new double[neighbors.Length];
        for (var query = 0; query < neighbors.Length; query++)
        {
            var tenth = neighbors[query].Length == 0
                ? double.NegativeInfinity
                : neighbors[query].Max(id => ReferenceDistance.Between(metric, queries[query], rows.Vector((uint)id)));
            farthestCorrect[query] = metric is DistanceMetric.Euclidean or DistanceMetric.Hamming ? tenth : tenth + (Math.Abs(tenth) * DotRounding);
            Wanted += neighbors[query].Length;
        }
    }

    /// <summary>How many correct points there are to find, over all queries.</summary>
    public long Wanted { get; }

    /// <summary>Finds the neighbours among the points that each query may see, by comparing with all of them.</summary>
    /// <param name="metric">How near two vectors are.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="rows">The vectors.</param>
    /// <param name="visible">For each query the ordinals that it may see.</param>
    public static Truth Compute(DistanceMetric metric, QuerySet queries, VectorRows rows, Func<int, uint[]> visible) =>
        new(metric, queries, rows, Nearest(metric, queries, rows, visible, K));

    /// <summary>For each query the ordinals of its nearest points, nearest first, by comparing with all that it may see.</summary>
    public static int[][] Nearest(DistanceMetric metric, QuerySet queries, VectorRows rows, Func<int, uint[]> visible, int k)
    {
        var flat = new FlatScan(new FloatSpace(rows, metric));
        var neighbors = new int[queries.Count][];
        Parallel.For(0, queries.Count, query =>
        {
            var nearest = new Candidate[k];
            var found = flat.Search(queries[query], visible(query), k, default(AdmitAll), nearest);
            neighbors[query] = [.. nearest.Take(found).Select(point => (int)point.Ordinal)];
        });
        return neighbors;
    }

    /// <summary>How many of the points returned for a query are correct.</summary>
    public int CountCorrect(int query, VectorRows rows, ReadOnlySpan<Candidate> returned)
    {
        var correct = 0;
        foreach (var point in returned)
        {
            // By the reference and for the truth alike: the kernels' rounding could tell tied points apart.
            var distance = ReferenceDistance.Between(metric, queries[query], rows.Vector(point.Ordinal));
            correct += distance <= farthestCorrect[query] ? 1 : 0;
        }

        return correct;
    }
}
