using System.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Clustering;

/// <summary>
/// Centroids of many rows by Lloyd's algorithm ("Least squares quantization in PCM", 1982): assign each row to its nearest
/// centroid, move each centroid to the mean of its rows, and again.
/// </summary>
/// <remarks>
/// <para>The first passes look at a part of the rows: they only bring the centroids roughly into place.</para>
/// <para>A centroid without rows moves onto a row of the largest cluster, which then counts as halved.</para>
/// <para>Above <see cref="KMeansOptions.OneLevelMax"/> clusters the rows are put into as many groups as groups will have
/// clusters, and each group is clustered for itself: n (g + k / g) products a pass in place of n k.</para>
/// <para>Sums are taken cluster by cluster in the order of the rows, so the threads do not show in the result.</para>
/// </remarks>
internal static unsafe class KMeans
{
    /// <summary>Rows for each cluster in the first passes.</summary>
    private const int RoughSamplesPerCluster = 40;

    private const int ClustersPerRange = 64;

    /// <summary>Clusters rows.</summary>
    /// <param name="rows">The rows, in random order; they do not change meanwhile.</param>
    /// <param name="paddedLength">Floats in a row.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Looked at between blocks of rows.</param>
    /// <returns>The centroids, as many as clusters are wanted or rows are there, whichever is less.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no rows, or a number is not positive.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static AlignedBuffer<float> Train(SampleRows rows, int paddedLength, KMeansOptions options, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Clusters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Iterations);
        var clusters = Math.Min(options.Clusters, rows.Count);
        var centroids = new AlignedBuffer<float>(checked(clusters * paddedLength));
        try
        {
            if (clusters > KMeansOptions.OneLevelMax)
            {
                TrainGroups(rows, paddedLength, options with { Clusters = clusters }, centroids.Start, cancellation);
            }
            else
            {
                TrainLevel(rows, paddedLength, options with { Clusters = clusters }, centroids.Start, cancellation);
            }

            return centroids;
        }
        catch
        {
            centroids.Dispose();
            throw;
        }
    }

    private static void TrainLevel(SampleRows rows, int paddedLength, KMeansOptions options, float* centroids, CancellationToken cancellation)
    {
        var clusters = options.Clusters;
        rows = rows.Slice(0, (int)Math.Min(rows.Count, (long)clusters * KMeansOptions.SamplesPerCluster));
        // The rows come in random order, so the first ones are as good a start as any.
        for (var c = 0; c < clusters; c++)
        {
            Row(rows[c], paddedLength).CopyTo(Row(centroids + ((nint)c * paddedLength), paddedLength));
        }

        var roughPasses = options.Iterations / 2;
        var roughRows = rows.Slice(0, (int)Math.Min(rows.Count, (long)clusters * RoughSamplesPerCluster));
        var random = new SeededRandom(options.Seed);
        using var nearest = new AlignedBuffer<int>(rows.Count);
        using var grouping = new Grouping(rows.Count, clusters);
        for (var pass = 0; pass < options.Iterations; pass++)
        {
            var seen = pass < roughPasses ? roughRows : rows;
            using (var centroidsNow = new NearestCentroids(centroids, clusters, paddedLength))
            {
                centroidsNow.Find(seen, nearest.Start, options.Parallelism, cancellation);
            }

            grouping.Group(nearest.Start, seen.Count);
            ParallelRanges.Run(clusters, ClustersPerRange, options.Parallelism, (from, to) =>
            {
                for (var c = from; c < to; c++)
                {
                    MoveToMean(seen, grouping.Members(c), centroids + ((nint)c * paddedLength), paddedLength);
                }
            }, cancellation);
            FillEmpty(seen, grouping, paddedLength, centroids, ref random);
        }
    }

    private static void TrainGroups(SampleRows rows, int paddedLength, KMeansOptions options, float* centroids, CancellationToken cancellation)
    {
        rows = rows.Slice(0, (int)Math.Min(rows.Count, (long)options.Clusters * KMeansOptions.SamplesPerCluster));
        var groups = (int)Math.Sqrt(options.Clusters);
        using var groupCentroids = Train(rows, paddedLength, options with { Clusters = groups }, cancellation);
        using var nearest = new AlignedBuffer<int>(rows.Count);
        using (var found = new NearestCentroids(groupCentroids.Start, groups, paddedLength))
        {
            found.Find(rows, nearest.Start, options.Parallelism, cancellation);
        }

        using var grouping = new Grouping(rows.Count, groups);
        grouping.Group(nearest.Start, rows.Count);
        using var ordinals = new AlignedBuffer<uint>(rows.Count);
        long rowsBefore = 0;
        for (var g = 0; g < groups; g++)
        {
            // Clusters in proportion to rows: each group gets what its rows bring the running total to. Never more than
            // rows, for there are at least as many of these in all.
            var members = grouping.Members(g);
            var first = (int)(rowsBefore * options.Clusters / rows.Count);
            rowsBefore += members.Length;
            var clusters = (int)(rowsBefore * options.Clusters / rows.Count) - first;
            if (clusters == 0)
            {
                continue;
            }

            for (var i = 0; i < members.Length; i++)
            {
                ordinals[i] = rows.Ordinals[members[i]];
            }

            var ofGroup = options with { Clusters = clusters, Seed = options.Seed + (ulong)g + 1 };
            if (clusters <= members.Length)
            {
                TrainLevel(rows.Of(ordinals.Start, members.Length), paddedLength, ofGroup, centroids + ((nint)first * paddedLength), cancellation);
            }
            else
            {
                // Rounding can give a group one cluster more than it has rows: a row twice does no harm.
                for (var c = 0; c < clusters; c++)
                {
                    Row(rows[members[c % members.Length]], paddedLength).CopyTo(Row(centroids + ((nint)(first + c) * paddedLength), paddedLength));
                }
            }
        }
    }

    private static void MoveToMean(SampleRows rows, ReadOnlySpan<int> members, float* centroid, int paddedLength)
    {
        if (members.IsEmpty)
        {
            return;
        }

        // Safe: padded rows are whole blocks of 16 floats, which any register's width divides.
        Row(centroid, paddedLength).Clear();
        foreach (var member in members)
        {
            var row = rows[member];
            for (var d = 0; d < paddedLength; d += Vector<float>.Count)
            {
                (Vector.Load(centroid + d) + Vector.Load(row + d)).Store(centroid + d);
            }
        }

        var share = 1f / members.Length;
        for (var d = 0; d < paddedLength; d++)
        {
            centroid[d] *= share;
        }
    }

    private static void FillEmpty(SampleRows rows, Grouping grouping, int paddedLength, float* centroids, ref SeededRandom random)
    {
        var sizes = new PriorityQueue<int, int>();
        List<int> empty = [];
        for (var c = 0; c < grouping.Groups; c++)
        {
            var size = grouping.Members(c).Length;
            if (size == 0)
            {
                empty.Add(c);
            }
            else
            {
                sizes.Enqueue(c, -size);
            }
        }

        foreach (var c in empty)
        {
            sizes.TryDequeue(out var largest, out var size);
            var members = grouping.Members(largest);
            Row(rows[members[random.Below(members.Length)]], paddedLength).CopyTo(Row(centroids + ((nint)c * paddedLength), paddedLength));
            sizes.Enqueue(largest, size / 2); // negative: the largest come first
        }
    }

    private static Span<float> Row(float* start, int length) => new(start, length);
}
