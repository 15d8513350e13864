using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// Chooses the codes of a field whose schema leaves that open: the coarsest ones that cost no recall worth mentioning on a
/// sample of the vectors, or none.
/// </summary>
/// <remarks>
/// What codes resolve depends on the data: one component that is a million times larger than the others, or a tight crowd
/// and a few outliers, and all codes are alike. So each candidate is trained, and the sample's vectors are searched for
/// among each other, by code and exactly.
/// </remarks>
internal static class CodeChoice
{
    /// <summary>Codes are unfit when more candidates than this have to be scored again for each result.</summary>
    /// <remarks>
    /// Seven bits need 1.5 for descriptors of images and 2.2 for texts, four bits 1.5 for pixels: graphs on those are as good as
    /// on floats. Beyond, scoring again begins to cost as much as the walk on codes saves.
    /// </remarks>
    public const double OversamplingMax = 4;

    /// <summary>Neighbours that are sought.</summary>
    public const int Neighbours = 10;

    /// <summary>Fewer vectors say too little.</summary>
    private const int SampleMin = 256;

    /// <summary>Bytes of vectors that are compared with each other.</summary>
    private const long SampleBytesMax = 48 << 20;

    private const int Queries = 256;

    /// <summary>The kinds that may be taken, the coarsest first.</summary>
    private static readonly QuantizerKind[] Kinds = [QuantizerKind.Int4, QuantizerKind.Int8];

    /// <summary>Whether a quantizer may have been chosen for a schema.</summary>
    public static bool IsPossible(QuantizationSchema wanted, QuantizerKind kind) => Kinds.Contains(kind) && IsAtLeastAsFine(kind, wanted.Kind);

    /// <summary>Trains the coarsest codes that are fit.</summary>
    /// <param name="schema">The field's.</param>
    /// <param name="floats">The vectors.</param>
    /// <param name="sample">Ordinals of live vectors, spread over all of them.</param>
    /// <param name="refused">Kinds that have turned out unfit before.</param>
    /// <param name="cancellation">Looked at every few milliseconds.</param>
    /// <returns>What was trained, and how many candidates it needs for each result; null when none is fit.</returns>
    public static (Quantizer Quantizer, double Oversampling)? Train(
        VectorFieldSchema schema, FloatSpace floats, ReadOnlySpan<uint> sample, IReadOnlySet<QuantizerKind> refused, CancellationToken cancellation)
    {
        int rows = (int)Math.Min(sample.Length, Math.Min(Quantizer.SampleRows(schema.Dim), SampleBytesMax / floats.Rows.UsedBytes(1)));
        if (rows < SampleMin)
        {
            return null;
        }

        // A copy: what is compared stays the same whatever is written meanwhile.
        using VectorRows copy = new("sample", schema.Dim, (uint)rows);
        uint[] all = new uint[rows];
        for (int i = 0; i < rows; i++)
        {
            all[i] = (uint)i;
            copy.Write(all[i], floats.Rows.Vector(sample[(int)((long)i * sample.Length / rows)]));
        }

        FloatSpace vectors = new(copy, schema.Metric);
        foreach (QuantizerKind kind in Kinds)
        {
            if (!IsPossible(schema.Quantization!, kind) || refused.Contains(kind))
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            Quantizer quantizer = Quantizer.Train(new QuantizerOptions(kind), schema.Metric, copy, all);
            double oversampling = Oversampling(vectors, quantizer, all, schema.Quantization!.TargetRecall, cancellation);
            if (oversampling <= OversamplingMax)
            {
                return (quantizer, oversampling);
            }
        }

        return null;
    }

    private static bool IsAtLeastAsFine(QuantizerKind kind, QuantizerKind other) => Array.IndexOf(Kinds, kind) >= Array.IndexOf(Kinds, other);

    private static double Oversampling(
        FloatSpace vectors, Quantizer quantizer, ReadOnlySpan<uint> all, double recall, CancellationToken cancellation)
    {
        using CodeSpace codes = new("sample codes", quantizer, (uint)all.Length);
        foreach (uint row in all)
        {
            codes.Encode(row, vectors.Rows.Vector(row));
        }

        uint[] queries = new uint[Math.Min(Queries, all.Length)];
        for (int i = 0; i < queries.Length; i++)
        {
            queries[i] = all[(int)((long)i * all.Length / queries.Length)];
        }

        return OversamplingCalibration.Measure(
            vectors, codes, queries, (uint)all.Length, default(AdmitAll), Neighbours, recall, cancellation: cancellation);
    }
}
