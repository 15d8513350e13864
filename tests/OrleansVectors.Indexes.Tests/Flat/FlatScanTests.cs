using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Tests.Flat;

public sealed class FlatScanTests
{
    public static TheoryData<DistanceMetric, int> MetricsAndDims()
    {
        var data = new TheoryData<DistanceMetric, int>();
        foreach (var metric in Enum.GetValues<DistanceMetric>())
        {
            foreach (var dim in (int[])[1, 2, 3, 17, 64, 100])
            {
                data.Add(metric, dim);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(MetricsAndDims))]
    public void A_scan_of_a_range_finds_what_sorting_all_distances_finds(DistanceMetric metric, int dim)
    {
        using var rows = Rows(metric, dim, 700, out var clusters);
        var query = clusters.Next();
        var found = new Candidate[20];
        var count = new FlatScan(new FloatSpace(rows, metric)).Search(query, 3, 690, 20, default(AdmitAll), found);
        AssertNearest(rows, metric, query, Enumerable.Range(3, 687), found, count);
    }

    [Theory]
    [MemberData(nameof(MetricsAndDims))]
    public void A_scan_of_a_range_returns_only_what_the_filter_admits(DistanceMetric metric, int dim)
    {
        using var rows = Rows(metric, dim, 700, out var clusters);
        var live = Enumerable.Range(0, 700).Select(i => i % 7 == 3).ToArray();
        var query = clusters.Next();
        var found = new Candidate[20];
        var count = new FlatScan(new FloatSpace(rows, metric)).Search(query, 0, 700, 20, new LiveSet(live), found);
        AssertNearest(rows, metric, query, Enumerable.Range(0, 700).Where(i => live[i]), found, count);
    }

    [Theory]
    [MemberData(nameof(MetricsAndDims))]
    public void A_scan_of_a_list_finds_the_nearest_of_the_list(DistanceMetric metric, int dim)
    {
        using var rows = Rows(metric, dim, 700, out var clusters);
        var list = Enumerable.Range(0, 700).Where(i => i % 2 == 0).Reverse().ToArray();
        var query = clusters.Next();
        var found = new Candidate[20];
        var count = new FlatScan(new FloatSpace(rows, metric)).Search(query, Array.ConvertAll(list, i => (uint)i), 20, default(AdmitAll), found);
        AssertNearest(rows, metric, query, list, found, count);
    }

    [Theory]
    [MemberData(nameof(MetricsAndDims))]
    public void A_scan_for_several_queries_finds_what_each_finds_alone(DistanceMetric metric, int dim)
    {
        using var rows = Rows(metric, dim, 700, out var clusters);
        var live = new LiveSet([.. Enumerable.Range(0, 700).Select(i => i % 7 != 3)]);
        float[][] queries = [.. Enumerable.Range(0, 5).Select(_ => clusters.Next())];
        var scan = new FlatScan(new FloatSpace(rows, metric));
        foreach (var k in (int[])[0, 1, 20, 1000])
        {
            var found = scan.SearchMany([.. queries.SelectMany(query => query)], 3, 690, k, live);
            for (var q = 0; q < queries.Length; q++)
            {
                var alone = new Candidate[k];
                Assert.Equal(alone[..scan.Search(queries[q], 3, 690, k, live, alone)], found[q]);
            }
        }

        Assert.Empty(scan.SearchMany([], 0, 700, 10, live));
        Assert.Throws<ArgumentOutOfRangeException>(() => scan.SearchMany(new float[dim], 0, 700, -1, live));
    }

    [Fact]
    public void Fewer_matches_than_k_are_all_returned()
    {
        using var rows = Rows(DistanceMetric.Euclidean, 8, 100, out var clusters);
        var found = new Candidate[50];
        var live = new bool[100];
        live[5] = live[50] = live[99] = true;
        Assert.Equal(3, new FlatScan(new FloatSpace(rows, DistanceMetric.Euclidean)).Search(clusters.Next(), 0, 100, 50, new LiveSet(live), found));
        Assert.Equal(0, new FlatScan(new FloatSpace(rows, DistanceMetric.Euclidean)).Search(clusters.Next(), 7, 7, 50, default(AdmitAll), found));
    }

    [Fact]
    public void Equal_distances_come_in_the_order_of_their_ordinals()
    {
        using var rows = new VectorRows("equal", 4, 600);
        for (uint i = 0; i < 600; i++)
        {
            rows.Write(i, [1, 2, 3, 4]);
        }

        var found = new Candidate[5];
        new FlatScan(new FloatSpace(rows, DistanceMetric.Euclidean)).Search([0, 0, 0, 0], 10, 600, 5, default(AdmitAll), found);
        Assert.Equal([10u, 11u, 12u, 13u, 14u], found.Select(c => c.Ordinal));
    }

    private static VectorRows Rows(DistanceMetric metric, int dim, uint count, out Clusters clusters)
    {
        clusters = new Clusters(dim, 5, metric, seed: dim);
        var rows = new VectorRows("test", dim, count);
        clusters.Fill(rows, 0, count);
        return rows;
    }

    private static void AssertNearest(VectorRows rows, DistanceMetric metric, float[] query, IEnumerable<int> ordinals, Candidate[] found, int count)
    {
        var all = ordinals.Select(i => new Candidate(VectorDistance.Between(metric, query, rows.Vector((uint)i)), (uint)i)).Order().ToArray();
        Assert.Equal(Math.Min(found.Length, all.Length), count);
        for (var i = 0; i < count; i++)
        {
            // The batch kernels add in another order, so neighbours in rank may swap by a rounding.
            Assert.Equal(all[i].Distance, found[i].Distance, 1e-4f * Math.Max(1, Math.Abs(all[i].Distance)));
            Assert.Equal(VectorDistance.Between(metric, query, rows.Vector(found[i].Ordinal)), found[i].Distance, 1e-4f * Math.Max(1, Math.Abs(all[i].Distance)));
        }
    }
}
