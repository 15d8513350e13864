using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Data;

/// <summary>Rows and an inverted file over them.</summary>
internal sealed class BuiltIvf : IDisposable
{
    public BuiltIvf(Clusters clusters, DistanceMetric metric, IvfOptions options, uint capacity)
    {
        Clusters = clusters;
        Rows = new VectorRows("test", clusters.Dim, capacity);
        Space = new FloatSpace(Rows, metric);
        Scan = new FlatScan(Space);
        Index = new IvfIndex(Space, options, capacity, Gate);
    }

    public Clusters Clusters { get; }

    public VectorRows Rows { get; }

    public FloatSpace Space { get; }

    public FlatScan Scan { get; }

    public ReaderGate Gate { get; } = new();

    public IvfIndex Index { get; }

    /// <summary>An index of <paramref name="count"/> vectors, trained on all of them, with room for more.</summary>
    public static BuiltIvf Of(Clusters clusters, DistanceMetric metric, IvfOptions options, uint count, uint? capacity = null)
    {
        var built = new BuiltIvf(clusters, metric, options, capacity ?? count + 100);
        clusters.Fill(built.Rows, 0, count);
        built.Index.Train(To(count));
        built.Index.InsertMany(To(count), parallelism: 2);
        return built;
    }

    /// <summary>The ordinals below <paramref name="end"/>.</summary>
    public static uint[] To(uint end) => [.. Enumerable.Range(0, (int)end).Select(i => (uint)i)];

    /// <summary>Recall of the k nearest when <paramref name="fetched"/> candidates are scored again by their rows.</summary>
    public double Recall<TFilter>(int queries, int k, int fetched, int nprobe, TFilter filter)
        where TFilter : struct, IOrdinalFilter
    {
        var exact = new Candidate[k];
        var found = new Candidate[fetched];
        double sum = 0;
        for (var q = 0; q < queries; q++)
        {
            var query = Clusters.Next();
            var matches = Scan.Search(query, 0, Index.OrdinalsEnd, k, filter, exact);
            var count = Index.Search(query, fetched, nprobe, filter, found, out _);
            Assert.Equal(count, found.Take(count).Select(c => c.Ordinal).Distinct().Count());
            Assert.All(found.Take(count), c => Assert.True(filter.Admits(c.Ordinal), $"ordinal {c.Ordinal} was refused by the filter"));
            var rescored = new Candidate[k];
            var kept = Scan.Search(query, [.. found.Take(count).Select(c => c.Ordinal)], k, filter, rescored);
            var worst = matches == 0 ? float.NegativeInfinity : exact[matches - 1].Distance;
            var right = rescored.Take(kept).Count(c => c.Distance <= worst + (Math.Abs(worst) * 1e-5f));
            sum += matches == 0 ? 1 : (double)right / matches;
        }

        return sum / queries;
    }

    public void AssertSound(IReadOnlyCollection<uint> live) => Assert.Empty(IvfInvariants.Check(Index, live));

    public static unsafe ReadOnlySpan<byte> Bytes(PersistedRegion part) => new(part.Region.Base, (int)part.UsedBytes);

    public void Dispose()
    {
        Index.Dispose();
        Rows.Dispose();
    }
}
