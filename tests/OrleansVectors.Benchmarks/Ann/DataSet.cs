using OrleansVectors.Cli.VectorFiles;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>
/// The vectors to index, the queries, and for each query the distance of its true 10th neighbour: a returned point is
/// correct when it is not farther than that, so that ties count whichever of the tied points is returned. Inner products
/// of unit vectors tie only up to float32's rounding, so for dot and cosine that much is allowed.
/// </summary>
internal sealed class DataSet : IDisposable
{
    /// <summary>Neighbours asked for.</summary>
    public const int K = 10;

    /// <summary>Rows, at most; bounds the addresses reserved for files that do not say how many rows they hold.</summary>
    public const int RowsMax = 1 << 27;

    private const double DotRounding = 1e-6;

    private readonly float[] queries;
    private readonly double[] farthestCorrect;

    private DataSet(string name, DistanceMetric metric, VectorRows rows, int count, float[] queries, double[] farthestCorrect)
    {
        Name = name;
        Metric = metric;
        Rows = rows;
        Count = count;
        this.queries = queries;
        this.farthestCorrect = farthestCorrect;
    }

    /// <summary>What the set is called in results.</summary>
    public string Name { get; }

    public DistanceMetric Metric { get; }

    /// <summary>The vectors to index; their ordinals are the rows of the file.</summary>
    public VectorRows Rows { get; }

    /// <summary>How many vectors there are to index.</summary>
    public int Count { get; }

    public int QueryCount => farthestCorrect.Length;

    /// <summary>Reads and checks the files; computes the truth when only a part of the base is taken.</summary>
    /// <exception cref="BadArgumentException">A file is missing or damaged, or the files do not fit together.</exception>
    public static DataSet Load(AnnOptions options, TextWriter error)
    {
        error.WriteLine($"reading {options.Base}");
        var (rows, count, isCut) = ReadBase(options);
        try
        {
            var queries = ReadQueries(options, rows.Dim);
            var queryCount = queries.Length / rows.Dim;
            var truth = ReadTruth(options, queryCount, isCut ? int.MaxValue : count);
            if (isCut)
            {
                error.WriteLine($"--rows {count} takes a part of the base, so the given truth does not hold: computing it with the flat index");
                truth = ComputeTruth(rows, count, queries, queryCount, options.Metric);
            }

            var farthest = new double[queryCount];
            for (var query = 0; query < queryCount; query++)
            {
                var tenth = truth[query].Max(id => ReferenceDistance.Between(
                    options.Metric, queries.AsSpan(query * rows.Dim, rows.Dim), rows.Vector((uint)id)));
                farthest[query] = options.Metric == DistanceMetric.Euclidean ? tenth : tenth + (Math.Abs(tenth) * DotRounding);
            }

            return new DataSet(NameOf(options.Base) + (isCut ? $":{count}" : ""), options.Metric, rows, count, queries, farthest);
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    public ReadOnlySpan<float> Query(int query) => queries.AsSpan(query * Rows.Dim, Rows.Dim);

    /// <summary>How many of the points returned for a query are correct.</summary>
    public int CountCorrect(int query, ReadOnlySpan<Candidate> returned)
    {
        var correct = 0;
        foreach (var point in returned)
        {
            // By the reference and for the truth alike: the kernels' rounding could tell tied points apart.
            var distance = ReferenceDistance.Between(Metric, Query(query), Rows.Vector(point.Ordinal));
            correct += distance <= farthestCorrect[query] ? 1 : 0;
        }

        return correct;
    }

    public void Dispose() => Rows.Dispose();

    private static (VectorRows Rows, int Count, bool IsCut) ReadBase(AnnOptions options)
    {
        using var reader = Open("--base", options.Base);
        var capacity = (uint)Math.Max(1, Math.Min(reader.Rows ?? RowsMax, options.Rows ?? RowsMax));
        var rows = new VectorRows("benchmark vectors", reader.Dim, capacity);
        try
        {
            var vector = new float[reader.Dim];
            var count = 0;
            while (count < capacity && Read("--base", reader, vector))
            {
                Normalize(options.Metric, vector);
                rows.Write((uint)count++, vector);
            }

            if (count < (options.Rows ?? K))
            {
                throw options.Rows is { } wanted
                    ? new BadArgumentException("--rows", $"{wanted} rows are wanted, {options.Base} has {count}")
                    : new BadArgumentException("--base", $"{options.Base} has {count} rows, at least {K} are needed");
            }

            return (rows, count, options.Rows is not null && Read("--base", reader, vector));
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    private static float[] ReadQueries(AnnOptions options, int dim)
    {
        using var reader = Open("--query", options.Query);
        if (reader.Dim != dim)
        {
            throw new BadArgumentException("--query", $"{options.Query} has {reader.Dim} dimensions, the base has {dim}");
        }

        var queries = new List<float>();
        var vector = new float[dim];
        while (Read("--query", reader, vector))
        {
            Normalize(options.Metric, vector);
            queries.AddRange(vector);
        }

        return queries.Count > 0 ? [.. queries] : throw new BadArgumentException("--query", $"{options.Query} has no rows");
    }

    private static int[][] ReadTruth(AnnOptions options, int queryCount, int baseCount)
    {
        var truth = Guard("--truth", options.Truth, () => IntVectors.ReadAll(options.Truth));
        if (truth.Dim < K)
        {
            throw new BadArgumentException("--truth", $"{options.Truth} has {truth.Dim} neighbours for each query, at least {K} are needed");
        }

        if (truth.Rows != queryCount)
        {
            throw new BadArgumentException("--truth", $"{options.Truth} has {truth.Rows} rows, there are {queryCount} queries");
        }

        var rows = new int[queryCount][];
        for (var query = 0; query < queryCount; query++)
        {
            rows[query] = truth.Row(query)[..K].ToArray();
            foreach (var id in rows[query])
            {
                if (id < 0 || id >= baseCount)
                {
                    throw new BadArgumentException("--truth", $"{options.Truth} row {query} names point {id}, the base has {baseCount} rows");
                }
            }
        }

        return rows;
    }

    private static int[][] ComputeTruth(VectorRows rows, int count, float[] queries, int queryCount, DistanceMetric metric)
    {
        var flat = new FlatScan(new FloatSpace(rows, metric));
        var truth = new int[queryCount][];
        Parallel.For(0, queryCount, query =>
        {
            Span<Candidate> nearest = stackalloc Candidate[K];
            flat.Search(queries.AsSpan(query * rows.Dim, rows.Dim), 0, (uint)count, K, default(AdmitAll), nearest);
            truth[query] = new int[K];
            for (var i = 0; i < K; i++)
            {
                truth[query][i] = (int)nearest[i].Ordinal;
            }
        });
        return truth;
    }

    private static void Normalize(DistanceMetric metric, Span<float> vector)
    {
        if (metric == DistanceMetric.Cosine)
        {
            VectorDistance.Normalize(vector);
        }
    }

    /// <summary>The folder's name says what the set is, where there is one; else the file's does.</summary>
    private static string NameOf(string path)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)));
        return (string.IsNullOrEmpty(folder) ? Path.GetFileName(path) : folder).Replace(',', '_');
    }

    private static IVectorReader Open(string argument, string path) => Guard(argument, path, () => VectorFile.Open(path));

    private static bool Read(string argument, IVectorReader reader, float[] vector)
    {
        try
        {
            return reader.TryRead(vector);
        }
        catch (VectorFileException damaged)
        {
            throw new BadArgumentException(argument, damaged.Message);
        }
    }

    private static T Guard<T>(string argument, string path, Func<T> open)
    {
        if (!File.Exists(path))
        {
            throw new BadArgumentException(argument, $"there is no file {path}");
        }

        try
        {
            return open();
        }
        catch (Exception problem) when (problem is VectorFileException or IOException or UnauthorizedAccessException)
        {
            throw new BadArgumentException(argument, problem.Message);
        }
    }
}
