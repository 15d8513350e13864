using System.Runtime.InteropServices;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Cli.VectorFiles;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Benchmarks.Datasets;

/// <summary>
/// A set of vectors made from a real one: the given rows first, then rows made from them, all of them whole or cut to their
/// first components. The queries are the given ones, which no row was made from, and the truth is found by comparing with
/// everything. The same for the same seed.
/// </summary>
internal static class MadeSet
{
    public const int DimensionsMax = 1 << 16;

    private const int TruthColumns = 100;

    /// <summary>Writes base, query and truth100 to a folder: .bvecs where the given base is, else .fvecs; truth as .ivecs.</summary>
    /// <param name="baseFile">The given rows.</param>
    /// <param name="queryFile">The queries.</param>
    /// <param name="metric">What is near; for cosine all vectors are normalised, as they are after the cut.</param>
    /// <param name="rowCount">How many rows to make in all; at most the given ones when truncated.</param>
    /// <param name="kind">How.</param>
    /// <param name="dimensions">How many components to keep; null for all.</param>
    /// <param name="noise">The deviation of the noise, as a share of the components' root mean square.</param>
    /// <param name="seed">Decides the noise and what is mixed.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="error">Progress.</param>
    /// <exception cref="BadArgumentException">A file cannot be read or written, or they do not fit.</exception>
    public static void Make(
        string baseFile, string queryFile, DistanceMetric metric, int rowCount, MakeKind kind, int? dimensions, double noise, int seed, string folder, TextWriter error)
    {
        if (kind == MakeKind.Truncated && dimensions is null)
        {
            throw new BadArgumentException("--dimensions", "--make truncated needs it");
        }

        try
        {
            var isBytes = VectorFile.FormatOf(baseFile) == VectorFileFormat.Bvecs && metric != DistanceMetric.Cosine;
            var (given, dim, baseDim) = ReadAll(baseFile, metric, dimensions);
            var (queryComponents, _, queryDim) = ReadAll(queryFile, metric, dimensions);
            if (queryDim != baseDim)
            {
                throw new BadArgumentException("--query", $"{queryFile} has {queryDim} dimensions, the base has {baseDim}");
            }

            var queries = new QuerySet(queryComponents, dim);
            rowCount = kind == MakeKind.Truncated ? Math.Min(rowCount, given.Length / dim) : rowCount;
            using var rows = new VectorRows("made vectors", dim, (uint)rowCount);
            Fill(rows, rowCount, given, dim, kind, noise, isBytes, metric == DistanceMetric.Cosine, new Random(seed));
            Directory.CreateDirectory(folder);
            var extension = isBytes ? "bvecs" : "fvecs";
            Write(Path.Combine(folder, $"base.{extension}"), rowCount, row => rows.Vector((uint)row).ToArray(), isBytes);
            Write(Path.Combine(folder, $"query.{extension}"), queries.Count, query => queries[query].ToArray(), isBytes);
            error.WriteLine($"{rowCount} rows of {dim} are made; finding the {TruthColumns} nearest of {queries.Count} queries");
            var all = DataSet.AllOrdinals(rowCount);
            var truth = Truth.Nearest(metric, queries, rows, _ => all, Math.Min(TruthColumns, rowCount));
            WriteRows(Path.Combine(folder, "truth100.ivecs"), truth.Length, query => MemoryMarshal.AsBytes(truth[query].AsSpan()).ToArray(), sizeof(int));
        }
        catch (Exception problem) when (problem is VectorFileException or IOException or UnauthorizedAccessException)
        {
            throw new BadArgumentException("--base, --query or --out", problem.Message);
        }
    }

    private static (float[] Components, int Dim, int FileDim) ReadAll(string path, DistanceMetric metric, int? dimensions)
    {
        using var reader = VectorFile.Open(path);
        var dim = dimensions ?? reader.Dim;
        if (dim > reader.Dim)
        {
            throw new BadArgumentException("--dimensions", $"{dim} are wanted, {path} has {reader.Dim}");
        }

        var components = new List<float>();
        var vector = new float[reader.Dim];
        while (reader.TryRead(vector))
        {
            var kept = vector.AsSpan(0, dim);
            Normalize(kept, metric == DistanceMetric.Cosine);
            components.AddRange(kept);
        }

        return components.Count > 0 ? ([.. components], dim, reader.Dim) : throw new VectorFileException(path, row: null, "it has no rows");
    }

    private static void Fill(
        VectorRows rows, int rowCount, float[] given, int dim, MakeKind kind, double noise, bool isBytes, bool isNormalized, Random random)
    {
        var givenRows = given.Length / dim;
        var deviation = noise * Math.Sqrt(given.Average(component => (double)component * component));
        var vector = new float[dim];
        for (var row = 0; row < rowCount; row++)
        {
            var source = given.AsSpan(row % givenRows * dim, dim);
            source.CopyTo(vector);
            if (row >= givenRows)
            {
                var share = kind == MakeKind.Mixed ? (float)random.NextDouble() / 2 : 0;
                var other = given.AsSpan(random.Next(givenRows) * dim, dim);
                for (var i = 0; i < dim; i++)
                {
                    var component = ((1 - share) * source[i]) + (share * other[i]) + (float)(deviation * Gaussian(random));
                    vector[i] = isBytes ? Math.Clamp(MathF.Round(component), byte.MinValue, byte.MaxValue) : component;
                }

                Normalize(vector, isNormalized);
            }

            rows.Write((uint)row, vector);
        }
    }

    /// <summary>Box and Muller (1958), one of the pair.</summary>
    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void Normalize(Span<float> vector, bool isNormalized)
    {
        if (isNormalized)
        {
            VectorDistance.Normalize(vector);
        }
    }

    private static void Write(string path, int count, Func<int, float[]> row, bool isBytes)
    {
        if (isBytes)
        {
            WriteRows(path, count, number => Array.ConvertAll(row(number), component => (byte)component), sizeof(byte));
        }
        else
        {
            WriteRows(path, count, number => MemoryMarshal.AsBytes(row(number).AsSpan()).ToArray(), sizeof(float));
        }
    }

    private static void WriteRows(string path, int count, Func<int, byte[]> row, int elementBytes)
    {
        using var file = new BufferedStream(File.Create(path), 1 << 20);
        for (var number = 0; number < count; number++)
        {
            var bytes = row(number);
            file.Write(BitConverter.GetBytes(bytes.Length / elementBytes));
            file.Write(bytes);
        }
    }
}
