using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The codes that an index works on instead of the vectors, and how many of its results are compared again.</summary>
internal static class Codes
{
    /// <summary>What <c>--quantizer</c> takes.</summary>
    public static Dictionary<string, QuantizerKind?> Words { get; } = new()
    {
        ["none"] = null,
        ["bf16"] = QuantizerKind.BFloat16,
        ["int8"] = QuantizerKind.Int8,
        ["int4"] = QuantizerKind.Int4,
        ["rabitq1"] = QuantizerKind.RaBitQ1,
        ["rabitq2"] = QuantizerKind.RaBitQ2,
        ["rabitq4"] = QuantizerKind.RaBitQ4,
        ["pq"] = QuantizerKind.Product,
        ["opq"] = QuantizerKind.RotatedProduct,
        ["bits"] = QuantizerKind.Bits,
    };

    /// <summary>What is tried when a recall is asked for.</summary>
    public static int[] RescoresTried { get; } = [10, 15, 20, 30, 50, 80, 150, 300];

    /// <summary>The word for a kind.</summary>
    public static string WordOf(QuantizerKind? kind) => Words.First(word => word.Value == kind).Key;

    /// <summary>How many results are compared again when nothing is said: more, the shorter the codes.</summary>
    public static int OrdinaryRescore(QuantizerKind? kind) => kind switch
    {
        null or QuantizerKind.Bits => 0,
        QuantizerKind.BFloat16 or QuantizerKind.Int8 => 2 * Truth.K,
        QuantizerKind.Int4 or QuantizerKind.RaBitQ4 => 5 * Truth.K,
        _ => 20 * Truth.K,
    };

    /// <summary>As many as that, but not more than a walk keeps: else the walk would keep more than was asked for.</summary>
    public static int OrdinaryRescore(QuantizerKind? kind, int ef) => Math.Min(OrdinaryRescore(kind), Math.Max(ef, Truth.K));

    /// <summary>Trains on a sample of the vectors and makes room for as many codes as there are rows; none for no kind.</summary>
    /// <exception cref="BadArgumentException">The kind cannot stand for these vectors.</exception>
    public static CodeSpace? Train(QuantizerKind? kind, DataSet set, uint capacity, int subvectors = 0)
    {
        if (kind is not { } wanted)
        {
            return null;
        }

        var stride = Math.Max(1, set.Count / Quantizer.SampleRows(set.Rows.Dim));
        var sample = DataSet.AllOrdinals(set.Count).Where(row => row % stride == 0).ToArray();
        try
        {
            return new CodeSpace("benchmark codes", Quantizer.Train(new QuantizerOptions(wanted) { Subvectors = subvectors }, set.Metric, set.Rows, sample), capacity);
        }
        catch (QuantizerUnsupportedException unsupported)
        {
            throw new BadArgumentException("--quantizer", unsupported.Message);
        }
        catch (ArgumentOutOfRangeException wrong) when (wrong.ParamName == "subvectors")
        {
            throw new BadArgumentException("--subvectors", $"{subvectors} parts of {set.Rows.Dim} components");
        }
    }

    /// <summary>Makes the codes of the first rows.</summary>
    public static void EncodeAll(CodeSpace codes, VectorRows rows, int count, int threads) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, row => codes.Encode((uint)row, rows.Vector((uint)row)));
}
