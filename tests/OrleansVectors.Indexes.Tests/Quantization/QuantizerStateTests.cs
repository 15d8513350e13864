using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Quantization;

public sealed class QuantizerStateTests
{
    private const int Seed = 7_741;

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void A_loaded_quantizer_makes_the_same_codes_and_distances(QuantizerKind kind, DistanceMetric metric)
    {
        var clusters = new Clusters(37, 10, metric, Seed);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(kind), metric, 200);
        var loaded = Quantizer.Load(set.Codes.Quantizer.Save());
        Assert.Equal((kind, metric, 37, set.Codes.StrideBytes), (loaded.Kind, loaded.Metric, loaded.Dim, loaded.CodeBytes));
        Assert.Equal(set.Codes.Quantizer.Save(), loaded.Save());
        var code = new byte[loaded.CodeBytes];
        var same = new byte[loaded.CodeBytes];
        for (uint i = 0; i < 200; i++)
        {
            set.Codes.Quantizer.Encode(set.Rows.Vector(i), code);
            loaded.Encode(set.Rows.Vector(i), same);
            Assert.Equal(code, same);
        }
    }

    [Theory]
    [MemberData(nameof(CodedSet.All), MemberType = typeof(CodedSet))]
    public void Damaged_bytes_are_refused_or_make_a_quantizer_that_works(QuantizerKind kind, DistanceMetric metric)
    {
        var clusters = new Clusters(5, 3, metric, Seed);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(kind), metric, 50);
        var bytes = set.Codes.Quantizer.Save();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<QuantizerStateException>(() => Quantizer.Load(bytes.AsSpan(0, length)));
        }

        Assert.Throws<QuantizerStateException>(() => Quantizer.Load([.. bytes, 0]));
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var value in new byte[] { 0, 0x7F, 0xFF, (byte)(bytes[at] ^ 0x10) })
            {
                var damaged = (byte[])bytes.Clone();
                damaged[at] = value;
                UseIfLoaded(damaged);
            }
        }
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            Assert.Throws<QuantizerStateException>(() => Quantizer.Load(bytes));
        }
    }

    [Theory]
    [InlineData(QuantizerKind.BFloat16, "4F56515A0100000002000000")]
    [InlineData(QuantizerKind.Int8, "4F56515A01010000020000000000000000000000000000000402013D000000000000803F")]
    [InlineData(QuantizerKind.RaBitQ2, "4F56515A01040000020000002A000000000000000000E03F00003040")]
    public void The_bytes_are_pinned(QuantizerKind kind, string expected)
    {
        float[][] vectors = [[0, 1], [1, 3], [2, 2], [4, 5]];
        using var set = CodedSet.Of(vectors, new QuantizerOptions(kind), DistanceMetric.Euclidean);
        Assert.Equal(expected, Convert.ToHexString(set.Codes.Quantizer.Save()));
    }

    private static void UseIfLoaded(byte[] bytes)
    {
        Quantizer quantizer;
        try
        {
            quantizer = Quantizer.Load(bytes);
        }
        catch (QuantizerStateException)
        {
            return;
        }

        var vector = new float[quantizer.Dim];
        var code = new byte[quantizer.CodeBytes];
        quantizer.Encode(vector, code);
        quantizer.Decode(code, vector);
        using var space = new CodeSpace("damaged", quantizer, 4);
        space.Encode(0, new float[quantizer.Dim]);
        var result = new Candidate[1];
        new Indexes.Flat.FlatScan(space).Search(new float[quantizer.Dim], 0, 1, 1, default(Indexes.Filters.AdmitAll), result);
        Assert.False(float.IsNaN(result[0].Distance));
    }
}
