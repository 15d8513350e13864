using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Tests.Quantization;

public sealed class QuantizerTests
{
    private const int Seed = 5_113;

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void Distances_approximate_the_metric_on_its_own_scale(QuantizerKind kind, DistanceMetric metric)
    {
        foreach (var dim in new[] { 8, 25, 128, 200 })
        {
            var clusters = new Clusters(dim, 10, metric, Seed);
            using var set = CodedSet.Of(clusters, new QuantizerOptions(kind), metric, 500);
            double error = 0, spread = 0;
            for (var q = 0; q < 20; q++)
            {
                var query = clusters.Next();
                var exact = set.OrderedExactly(query);
                var mean = exact.Average(candidate => (double)candidate.Distance);
                spread += exact.Average(candidate => Math.Abs(candidate.Distance - mean));
                var approximate = set.Ordered(query).ToDictionary(candidate => candidate.Ordinal, candidate => candidate.Distance);
                error += exact.Average(candidate => Math.Abs(candidate.Distance - (double)approximate[candidate.Ordinal]));
            }

            Assert.True(error / spread < ErrorMax(kind, dim), $"{kind} {metric} {dim}: {error / spread}, seed {Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void The_nearest_ten_are_among_the_hundred_of_nearest_codes(QuantizerKind kind, DistanceMetric metric)
    {
        var clusters = new Clusters(96, 20, metric, Seed + 1);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(kind), metric, 1500);
        var found = 0;
        for (var q = 0; q < 30; q++)
        {
            var query = clusters.Next();
            var near = set.Ordered(query).Take(100).Select(candidate => candidate.Ordinal).ToHashSet();
            found += set.OrderedExactly(query).Take(10).Count(candidate => near.Contains(candidate.Ordinal));
        }

        Assert.True(found >= 300 * RecallMin(kind), $"{kind} {metric}: {found} of 300, seed {Seed}");
    }

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void A_list_a_range_and_a_walk_score_alike(QuantizerKind kind, DistanceMetric metric)
    {
        var clusters = new Clusters(70, 10, metric, Seed + 2);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(kind), metric, 333);
        var scan = new FlatScan(set.Codes);
        var query = clusters.Next();
        var byRange = set.Ordered(query);
        float[] queries = [.. query, .. clusters.Next(), .. query];
        var many = scan.SearchMany(queries, 0, 333, 333, default(AdmitAll));
        Assert.Equal(many[0], many[2]);
        Assert.Equal(many[1], set.Ordered(queries.AsSpan(70, 70)), Alike);
        Assert.Equal(many[0], byRange, Alike);
        uint[] ordinals = [.. Enumerable.Range(0, 333).Select(i => (uint)(332 - i))];
        foreach (var count in new[] { 1, 2, 3, 4, 5, 9, 333 })
        {
            var byList = new Candidate[count];
            Assert.Equal(count, scan.Search(query, ordinals.AsSpan(0, count), count, default(AdmitAll), byList));
            foreach (var candidate in byList)
            {
                var expected = byRange.Single(other => other.Ordinal == candidate.Ordinal).Distance;
                Assert.True(Math.Abs(expected - candidate.Distance) <= 1e-4 * (1 + Math.Abs(expected)), $"{expected} {candidate.Distance}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(CodedSet.EveryKind), MemberType = typeof(CodedSet))]
    public void A_graph_built_on_codes_finds_what_a_scan_of_codes_finds(QuantizerKind kind, DistanceMetric metric)
    {
        var clusters = new Clusters(64, 20, metric, Seed + 3);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(kind), metric, 800);
        using var graph = new HnswGraph(set.Codes, new HnswOptions(), 800);
        for (uint i = 0; i < 800; i++)
        {
            graph.Insert(i);
        }

        graph.RepairReachability();
        var right = 0;
        var found = new Candidate[10];
        for (var q = 0; q < 30; q++)
        {
            var query = clusters.Next();
            Assert.Equal(10, graph.Search(query, 10, 100, default(AdmitAll), found, out _));
            var worst = set.Ordered(query)[9].Distance;
            right += found.Count(candidate => candidate.Distance <= worst + (1e-5f * Math.Abs(worst)));
        }

        Assert.True(right >= 285, $"{kind} {metric}: {right} of 300, seed {Seed}");
    }

    public static TheoryData<QuantizerKind> KindsForCosine() => [.. CodedSet.Kinds.Where(kind => Quantizer.Supports(kind, DistanceMetric.Cosine, 128))];

    [Theory]
    [MemberData(nameof(KindsForCosine))]
    public void A_vector_of_zeros_is_similar_to_nothing_under_cosine(QuantizerKind kind)
    {
        var random = new Random(Seed + 10);
        float[][] vectors = [.. Enumerable.Range(0, 400).Select(i => i % 100 == 7 ? new float[128] : Unit(random, 128))];
        using var set = CodedSet.Of(vectors, new QuantizerOptions(kind), DistanceMetric.Cosine);
        var farthest = kind == QuantizerKind.BFloat16 ? 0 : 0.4;
        for (var q = 0; q < 20; q++)
        {
            foreach (var candidate in set.Ordered(Unit(random, 128)).Where(candidate => candidate.Ordinal % 100 == 7))
            {
                Assert.True(Math.Abs(candidate.Distance) <= farthest, $"{kind}: {candidate}, seed {Seed + 10}");
            }
        }
    }

    [Fact]
    public void A_vector_of_zeros_does_not_stand_between_the_others_of_a_graph_on_codes()
    {
        const int Count = 2000;
        var random = new Random(Seed + 11);
        float[][] vectors = [.. Enumerable.Range(0, Count).Select(i => i == 0 ? new float[64] : Unit(random, 64))];
        using var set = CodedSet.Of(vectors, new QuantizerOptions(QuantizerKind.Int8), DistanceMetric.Cosine);
        using var graph = new HnswGraph(set.Codes, new HnswOptions(), Count);
        var links = new int[Count];
        for (uint i = 0; i < Count; i++)
        {
            graph.Insert(i);
        }

        for (uint i = 0; i < Count; i++)
        {
            unsafe
            {
                var list = graph.List(i, 0);
                for (var slot = 0; slot < HnswGraph.LinkCount(list, graph.Options.LinksMax(0)); slot++)
                {
                    links[list[slot]]++;
                }
            }
        }

        Assert.InRange(links[0], 1, 10 * graph.Options.LinksMax(0));
    }

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void Degenerate_vectors_have_finite_distances(QuantizerKind kind, DistanceMetric metric)
    {
        foreach (var dim in new[] { 1, 2, 3, 17, 64, 65 })
        {
            float[][][] sets =
            [
                [new float[dim]],
                [.. Enumerable.Repeat(new float[dim], 5)],
                [.. Enumerable.Range(0, 5).Select(_ => Unit(Enumerable.Repeat(3f, dim), metric))],
                [Unit(Enumerable.Range(0, dim).Select(i => i - 1f), metric)],
                [Unit(Enumerable.Repeat(1e-30f, dim), metric), Unit(Enumerable.Repeat(-1e-30f, dim), metric)],
                [Unit(Enumerable.Repeat(1e15f, dim), metric), Unit(Enumerable.Repeat(-1e15f, dim), metric), new float[dim]],
            ];
            foreach (var vectors in sets)
            {
                using var set = CodedSet.Of(vectors, new QuantizerOptions(kind), metric);
                foreach (var query in vectors.Append(Unit(Enumerable.Repeat(7f, dim), metric)))
                {
                    Assert.All(set.Ordered(query), candidate => Assert.True(float.IsFinite(candidate.Distance), $"{candidate}"));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void The_largest_dimension_works(QuantizerKind kind, DistanceMetric metric)
    {
        if (!Quantizer.Supports(kind, metric, Quantizer.DimMax))
        {
            return;
        }

        var random = new Random(Seed);
        float[][] vectors = [.. Enumerable.Range(0, 4).Select(_ => Unit(Enumerable.Range(0, Quantizer.DimMax).Select(_ => random.NextSingle() - 0.5f), metric))];
        using var set = CodedSet.Of(vectors, new QuantizerOptions(kind), metric);
        for (uint i = 0; i < 4; i++)
        {
            Assert.Equal(i, set.Ordered(vectors[i])[0].Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void Codes_made_by_several_threads_are_those_of_one(QuantizerKind kind, DistanceMetric metric)
    {
        using var set = CodedSet.Of(new Clusters(100, 10, metric, Seed + 4), new QuantizerOptions(kind), metric, 400);
        using var parallel = new CodeSpace("parallel", set.Codes.Quantizer, 400);
        Parallel.For(0, 400, i => parallel.Encode((uint)i, set.Rows.Vector((uint)i)));
        unsafe
        {
            Assert.True(new ReadOnlySpan<byte>(parallel.Region.Base, (int)parallel.UsedBytes(400))
                .SequenceEqual(new ReadOnlySpan<byte>(set.Codes.Region.Base, (int)set.Codes.UsedBytes(400))));
        }
    }

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void Training_is_deterministic_and_decoding_comes_near(QuantizerKind kind, DistanceMetric metric)
    {
        var clusters = new Clusters(48, 10, metric, Seed + 5);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(kind), metric, 300);
        using var again = CodedSet.Of(new Clusters(48, 10, metric, Seed + 5), new QuantizerOptions(kind), metric, 300);
        Assert.Equal(set.Codes.Quantizer.Save(), again.Codes.Quantizer.Save());

        var vector = new float[48];
        var code = new byte[set.Codes.StrideBytes];
        double error = 0, size = 0;
        for (uint i = 0; i < 300; i++)
        {
            set.Codes.Quantizer.Encode(set.Rows.Vector(i), code);
            set.Codes.Quantizer.Decode(code, vector);
            error += VectorDistance.Between(DistanceMetric.Euclidean, vector, set.Rows.Vector(i));
            size += VectorDistance.Between(DistanceMetric.Euclidean, new float[48], set.Rows.Vector(i));
        }

        Assert.True(error / size < DecodedErrorMax(kind), $"{kind} {metric}: {error / size}, seed {Seed}");
    }

    [Fact]
    public void Outliers_move_to_the_border_and_leave_the_steps_to_the_others()
    {
        var clusters = new Clusters(32, 10, DistanceMetric.Euclidean, Seed + 6);
        float[][] vectors = [.. Enumerable.Range(0, 1000).Select(_ => clusters.Next())];
        vectors[17][3] = 1e6f;
        vectors[401][9] = -1e6f;
        using var whole = CodedSet.Of(vectors, new QuantizerOptions(QuantizerKind.Int8) { Quantile = 1 }, DistanceMetric.Euclidean);
        using var most = CodedSet.Of(vectors, new QuantizerOptions(QuantizerKind.Int8) { Quantile = 0.99 }, DistanceMetric.Euclidean);
        var query = clusters.Next();
        var exact = most.OrderedExactly(query).Take(10).Select(candidate => candidate.Ordinal).ToHashSet();
        Assert.True(whole.Ordered(query).Take(20).Count(candidate => exact.Contains(candidate.Ordinal)) < 10);
        Assert.Equal(10, most.Ordered(query).Take(20).Count(candidate => exact.Contains(candidate.Ordinal)));
    }

    [Fact]
    public void Components_of_very_different_variance_are_rotated_so_that_none_is_lost()
    {
        var random = new Random(Seed);
        float[][] vectors = [.. Enumerable.Range(0, 1000).Select(_ => Enumerable.Range(0, 40).Select(i => (random.NextSingle() - 0.5f) * (i == 0 ? 20 : 1)).ToArray())];
        foreach (var metric in new[] { DistanceMetric.Euclidean, DistanceMetric.Dot, DistanceMetric.Manhattan })
        {
            using var set = CodedSet.Of(vectors, new QuantizerOptions(QuantizerKind.Int4), metric);
            var found = 0;
            for (var q = 0; q < 50; q++)
            {
                var exact = set.OrderedExactly(vectors[q]).Take(10).Select(candidate => candidate.Ordinal).ToHashSet();
                found += set.Ordered(vectors[q]).Take(20).Count(candidate => exact.Contains(candidate.Ordinal));
            }

            Assert.Equal(metric != DistanceMetric.Manhattan, found > 400);
        }
    }

    [Fact]
    public void What_cannot_be_trained_is_refused()
    {
        var clusters = new Clusters(4, 2, DistanceMetric.Euclidean, Seed);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(QuantizerKind.Int8), DistanceMetric.Euclidean, 4);
        Assert.Throws<ArgumentException>(() => Quantizer.Train(new QuantizerOptions(QuantizerKind.Int8), DistanceMetric.Euclidean, set.Rows, []));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Quantizer.Train(new QuantizerOptions(QuantizerKind.Int8) { Quantile = 0.4 }, DistanceMetric.Euclidean, set.Rows, [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Quantizer.Train(new QuantizerOptions(QuantizerKind.Product) { Subvectors = 5 }, DistanceMetric.Euclidean, set.Rows, [0]));
        Assert.Throws<QuantizerUnsupportedException>(() => Quantizer.Train(new QuantizerOptions((QuantizerKind)99), DistanceMetric.Euclidean, set.Rows, [0]));
        Assert.False(Quantizer.Supports(QuantizerKind.Int8, (DistanceMetric)9, 4));
        Assert.False(Quantizer.Supports(QuantizerKind.Int8, DistanceMetric.Dot, 0));
        Assert.False(Quantizer.Supports(QuantizerKind.Int8, DistanceMetric.Dot, Quantizer.DimMax + 1));
        Assert.Throws<ArgumentException>(() => set.Codes.Encode(0, new float[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Codes.Encode(4, new float[4]));
        Assert.Throws<ArgumentException>(() => set.Codes.Quantizer.Encode(new float[4], new byte[3]));
    }

    /// <summary>The mean error of a distance, as a part of how far distances lie from their mean.</summary>
    private static double ErrorMax(QuantizerKind kind, int dim) => kind switch
    {
        QuantizerKind.BFloat16 => 0.02,
        QuantizerKind.Int8 => 0.05,
        QuantizerKind.Int4 => 0.3,
        QuantizerKind.Product or QuantizerKind.RotatedProduct => 1,
        QuantizerKind.RaBitQ1 => 2.5 / Math.Sqrt(dim / 8.0),
        QuantizerKind.RaBitQ2 => 1.2 / Math.Sqrt(dim / 8.0),
        QuantizerKind.RaBitQ4 => 0.3 / Math.Sqrt(dim / 8.0),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"no bound at {dim}"),
    };

    private static double RecallMin(QuantizerKind kind) => kind switch
    {
        QuantizerKind.BFloat16 or QuantizerKind.Int8 => 0.999,
        QuantizerKind.Int4 or QuantizerKind.RaBitQ4 => 0.99,
        QuantizerKind.RaBitQ2 => 0.97,
        QuantizerKind.Product or QuantizerKind.RotatedProduct => 0.95,
        _ => 0.8,
    };

    /// <summary>The squared error of a decoded vector, as a part of its squared length.</summary>
    private static double DecodedErrorMax(QuantizerKind kind) => kind switch
    {
        QuantizerKind.BFloat16 => 0.00001,
        QuantizerKind.Int8 => 0.001,
        QuantizerKind.Int4 or QuantizerKind.RaBitQ4 => 0.02,
        _ => 1,
    };

    private static float[] Unit(IEnumerable<float> components, DistanceMetric metric)
    {
        var vector = components.ToArray();
        if (metric == DistanceMetric.Cosine)
        {
            VectorDistance.Normalize(vector);
        }

        return vector;
    }

    /// <summary>Whether two candidates are the same but for the order in which a sum was added up.</summary>
    private static bool Alike(Candidate left, Candidate right) =>
        Math.Abs(left.Distance - right.Distance) <= 1e-4 * (1 + Math.Abs(left.Distance));

    private static float[] Unit(Random random, int dim)
    {
        float[] vector = [.. Enumerable.Range(0, dim).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
        var length = MathF.Sqrt(vector.Sum(component => component * component));
        return Array.ConvertAll(vector, component => component / length);
    }
}
