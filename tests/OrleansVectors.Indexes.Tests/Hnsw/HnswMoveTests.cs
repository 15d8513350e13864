using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Hnsw;

public sealed class HnswMoveTests
{
    [Fact]
    public void A_graph_that_moved_walks_on_the_vectors_of_its_new_space_with_its_old_links()
    {
        using var built = BuiltGraph.Of(new Clusters(16, 10, DistanceMetric.Euclidean, seed: 6), DistanceMetric.Euclidean, 2000);
        using var mirrored = new VectorRows("mirrored", 16, built.Graph.Capacity);
        for (uint i = 0; i < 2000; i++)
        {
            mirrored.Write(i, Mirror(built.Rows.Vector(i)));
        }

        var query = built.Clusters.Next();
        var before = new Candidate[10];
        var after = new Candidate[10];
        built.Graph.Search(query, 10, 100, default(AdmitAll), before, out _);
        built.Graph.MoveTo(new FloatSpace(mirrored, DistanceMetric.Euclidean));
        built.Graph.Search(Mirror(query), 10, 100, default(AdmitAll), after, out _);

        Assert.Equal(before.Select(point => point.Ordinal), after.Select(point => point.Ordinal));
        built.AssertSound();
        built.Graph.Remove([.. Enumerable.Range(0, 500).Select(i => (uint)i)]);
        Assert.Empty(HnswInvariants.Check(built.Graph, [.. Enumerable.Range(500, 1500).Select(i => (uint)i)]));
    }

    [Fact]
    public void A_graph_does_not_move_where_its_vectors_cannot_be()
    {
        using var built = BuiltGraph.Of(new Clusters(4, 1, DistanceMetric.Euclidean, seed: 1), DistanceMetric.Euclidean, 10, capacity: 20);
        using var narrow = new VectorRows("narrow", 3, 20);
        using var small = new VectorRows("small", 4, 19);

        Assert.Throws<ArgumentException>(() => built.Graph.MoveTo(new FloatSpace(narrow, DistanceMetric.Euclidean)));
        Assert.Throws<ArgumentException>(() => built.Graph.MoveTo(new FloatSpace(small, DistanceMetric.Euclidean)));
        Assert.Throws<ArgumentException>(() => built.Graph.MoveTo(new FloatSpace(built.Rows, DistanceMetric.Cosine)));
    }

    private static float[] Mirror(ReadOnlySpan<float> vector)
    {
        // Distances stay what they were.
        var mirrored = vector.ToArray();
        for (var i = 0; i < mirrored.Length; i++)
        {
            mirrored[i] = -mirrored[i];
        }

        return mirrored;
    }
}
