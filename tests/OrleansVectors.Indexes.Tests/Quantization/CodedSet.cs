using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Quantization;

/// <summary>Vectors, a quantizer trained on them, and their codes.</summary>
internal sealed class CodedSet : IDisposable
{
    private CodedSet(VectorRows rows, Quantizer quantizer, uint count)
    {
        Rows = rows;
        Count = count;
        Floats = new FloatSpace(rows, quantizer.Metric);
        Codes = new CodeSpace("test codes", quantizer, rows.Capacity);
        for (uint i = 0; i < count; i++)
        {
            Codes.Encode(i, rows.Vector(i));
        }
    }

    public VectorRows Rows { get; }

    public uint Count { get; }

    public FloatSpace Floats { get; }

    public CodeSpace Codes { get; }

    /// <summary>Every kind with every metric it supports, for <c>MemberData</c>.</summary>
    public static IEnumerable<TheoryDataRow<QuantizerKind, DistanceMetric>> All() =>
        from kind in Kinds
        from metric in Enum.GetValues<DistanceMetric>()
        where Quantizer.Supports(kind, metric, 64)
        select new TheoryDataRow<QuantizerKind, DistanceMetric>(kind, metric);

    /// <summary>Every kind with one metric, and one kind with those that score differently: for what takes long.</summary>
    public static IEnumerable<TheoryDataRow<QuantizerKind, DistanceMetric>> EveryKind() =>
        All().Where(row => row.Data.Item2 == DistanceMetric.Euclidean || row.Data == (QuantizerKind.Int8, DistanceMetric.Cosine));

    public static IEnumerable<QuantizerKind> Kinds => [QuantizerKind.BFloat16, QuantizerKind.Int8, QuantizerKind.Int4, QuantizerKind.RaBitQ1, QuantizerKind.RaBitQ2, QuantizerKind.RaBitQ4, QuantizerKind.Product, QuantizerKind.RotatedProduct];

    public static CodedSet Of(Clusters clusters, QuantizerOptions options, DistanceMetric metric, uint count)
    {
        var rows = new VectorRows("test", clusters.Dim, count);
        clusters.Fill(rows, 0, count);
        return Of(rows, options, metric, count);
    }

    public static CodedSet Of(float[][] vectors, QuantizerOptions options, DistanceMetric metric)
    {
        var rows = new VectorRows("test", vectors[0].Length, (uint)vectors.Length);
        for (var i = 0; i < vectors.Length; i++)
        {
            rows.Write((uint)i, vectors[i]);
        }

        return Of(rows, options, metric, (uint)vectors.Length);
    }

    /// <summary>The distances of all codes from a query, nearest first.</summary>
    public Candidate[] Ordered(ReadOnlySpan<float> query) => Ordered(Codes, query);

    /// <summary>The exact distances of all vectors from a query, nearest first.</summary>
    public Candidate[] OrderedExactly(ReadOnlySpan<float> query) => Ordered(Floats, query);

    public void Dispose()
    {
        Codes.Dispose();
        Rows.Dispose();
    }

    private static CodedSet Of(VectorRows rows, QuantizerOptions options, DistanceMetric metric, uint count) =>
        new(rows, Quantizer.Train(options, metric, rows, [.. Enumerable.Range(0, (int)count).Select(i => (uint)i)]), count);

    private Candidate[] Ordered(VectorSpace space, ReadOnlySpan<float> query)
    {
        var results = new Candidate[Count];
        Assert.Equal((int)Count, new FlatScan(space).Search(query, 0, Count, (int)Count, default(AdmitAll), results));
        return results;
    }
}
