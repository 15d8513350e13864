using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Tests.Quantization;

public sealed class BitQuantizerTests
{
    private const int Seed = 8_821;

    [Fact]
    public void Codes_of_every_length_have_the_distances_of_their_vectors()
    {
        foreach (var dim in (int[])[.. Enumerable.Range(1, 130), 1023, Quantizer.DimMax])
        {
            var random = new Random(Seed + dim);
            using var set = CodedSet.Of([.. Enumerable.Range(0, 9).Select(_ => Bits(random, dim))], new QuantizerOptions(QuantizerKind.Bits), DistanceMetric.Hamming);
            var query = Bits(random, dim);
            Assert.True(set.Codes.Quantizer.IsExact);
            var decoded = new float[dim];
            foreach (var candidate in set.Ordered(query))
            {
                var vector = set.Rows.Vector(candidate.Ordinal);
                var expected = (float)ReferenceDistance.Between(DistanceMetric.Hamming, query, vector);
                Assert.True(expected == candidate.Distance, $"{candidate} instead of {expected}, {dim} components, seed {Seed + dim}");
                unsafe
                {
                    set.Codes.Quantizer.Decode(new ReadOnlySpan<byte>(set.Codes.Region.Base + (candidate.Ordinal * set.Codes.StrideBytes), set.Codes.StrideBytes), decoded);
                }

                Assert.True(vector.SequenceEqual(decoded), $"{dim} components, seed {Seed + dim}");
            }
        }
    }

    [Fact]
    public void A_graph_on_bits_finds_nearly_what_a_scan_of_the_vectors_finds()
    {
        using var rows = Rows(150, 3000, out var random);
        using var codes = new CodeSpace("bits", Quantizer.Train(new QuantizerOptions(QuantizerKind.Bits), DistanceMetric.Hamming, rows, [0]), 3000);
        using var graph = new HnswGraph(codes, new HnswOptions(), 3000);
        for (uint i = 0; i < 3000; i++)
        {
            codes.Encode(i, rows.Vector(i));
            graph.Insert(i);
        }

        graph.RepairReachability();
        AssertFinds(rows, random, (query, found) => graph.Search(query, 10, 128, default(AdmitAll), found, out _));
    }

    [Fact]
    public void Lists_of_zeros_and_ones_find_nearly_what_a_scan_finds()
    {
        using var rows = Rows(150, 3000, out var random);
        ReaderGate gate = new();
        using var ivf = new IvfIndex(new FloatSpace(rows, DistanceMetric.Hamming), new IvfOptions { Lists = 30 }, 3000, gate);
        uint[] all = [.. Enumerable.Range(0, 3000).Select(i => (uint)i)];
        ivf.Train(all, 1);
        ivf.InsertMany(all, 1);
        var pass = gate.Enter();
        AssertFinds(rows, random, (query, found) => ivf.Search(query, 10, 12, default(AdmitAll), found, out _));
        gate.Exit(pass);
        Assert.Throws<ArgumentException>(() =>
            new IvfIndex(new FloatSpace(rows, DistanceMetric.Hamming), new IvfOptions { Codes = QuantizerKind.Int8 }, 3000, gate));
    }

    /// <summary>Distances are numbers of components, so there are many ties: what is no farther than the tenth is right.</summary>
    private static void AssertFinds(VectorRows rows, Random random, Func<float[], Candidate[], int> search)
    {
        var flat = new FlatScan(new FloatSpace(rows, DistanceMetric.Hamming));
        var right = 0;
        for (var q = 0; q < 50; q++)
        {
            var query = Flipped(random, rows.Vector((uint)random.Next(3000)), 10);
            Candidate[] exact = new Candidate[10], found = new Candidate[10];
            flat.Search(query, 0, 3000, 10, default(AdmitAll), exact);
            Assert.Equal(10, search(query, found));
            Assert.All(found, candidate => Assert.Equal((float)ReferenceDistance.Between(DistanceMetric.Hamming, query, rows.Vector(candidate.Ordinal)), candidate.Distance));
            right += found.Count(candidate => candidate.Distance <= exact[9].Distance);
        }

        Assert.True(right >= 480, $"{right} of 500, seed {Seed}");
    }

    private static VectorRows Rows(int dim, uint count, out Random random)
    {
        random = new Random(Seed);
        var rows = new VectorRows("zeros and ones", dim, count);
        var own = random;
        float[][] centres = [.. Enumerable.Range(0, 20).Select(_ => Bits(own, dim))];
        for (uint i = 0; i < count; i++)
        {
            rows.Write(i, Flipped(random, centres[random.Next(centres.Length)], dim / 6));
        }

        return rows;
    }

    private static float[] Bits(Random random, int dim) => [.. Enumerable.Range(0, dim).Select(_ => (float)random.Next(2))];

    private static float[] Flipped(Random random, ReadOnlySpan<float> vector, int flips)
    {
        var other = vector.ToArray();
        for (var i = 0; i < flips; i++)
        {
            ref var component = ref other[random.Next(other.Length)];
            component = 1 - component;
        }

        return other;
    }
}
