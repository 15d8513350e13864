using OrleansVectors.Cli.VectorFiles;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The vectors to index, the queries, and what counts as a correct answer.</summary>
internal sealed class DataSet : IDisposable
{
    /// <summary>Neighbours asked for.</summary>
    public const int K = Truth.K;

    /// <summary>Rows, at most; bounds the addresses reserved for files that do not say how many rows they hold.</summary>
    public const int RowsMax = 1 << 27;

    private DataSet(string name, DistanceMetric metric, VectorRows rows, int count, QuerySet queries, Truth truth)
    {
        Name = name;
        Metric = metric;
        Rows = rows;
        Count = count;
        Queries = queries;
        Truth = truth;
    }

    /// <summary>What the set is called in results.</summary>
    public string Name { get; }

    public DistanceMetric Metric { get; }

    /// <summary>The vectors to index; their ordinals are the rows of the file.</summary>
    public VectorRows Rows { get; }

    /// <summary>How many vectors there are to index.</summary>
    public int Count { get; }

    public QuerySet Queries { get; }

    /// <summary>What a search of the whole base should return.</summary>
    public Truth Truth { get; }

    /// <summary>Reads and checks the files; computes the truth when only a part of the base is taken.</summary>
    /// <exception cref="BadArgumentException">A file is missing or damaged, or the files do not fit together.</exception>
    public static DataSet Load(DataFiles files, TextWriter error)
    {
        error.WriteLine($"reading {files.Base}");
        var (rows, count, isCut) = ReadBase(files);
        try
        {
            var queries = ReadQueries(files, rows.Dim);
            var given = ReadTruth(files, queries.Count, isCut ? int.MaxValue : count);
            if (files.Queries < queries.Count)
            {
                queries = queries.First(files.Queries.Value);
                given = given[..queries.Count];
            }

            if (files.Metric == DistanceMetric.Hamming)
            {
                queries = Bits.Take(rows, count, queries);
                error.WriteLine("--metric hamming takes a bit of each component, so the given truth does not hold: computing it with the flat index");
            }
            else if (isCut)
            {
                error.WriteLine($"--rows {count} takes a part of the base, so the given truth does not hold: computing it with the flat index");
            }

            var isGiven = !isCut && files.Metric != DistanceMetric.Hamming;
            var all = AllOrdinals(isGiven ? 0 : count);
            var truth = !isGiven
                ? Truth.Compute(files.Metric, queries, rows, _ => all)
                : new Truth(files.Metric, queries, rows, given);
            return new DataSet(NameOf(files.Base) + (isCut ? $":{count}" : ""), files.Metric, rows, count, queries, truth);
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <summary>The ordinals below <paramref name="count"/>.</summary>
    public static uint[] AllOrdinals(int count)
    {
        var all = new uint[count];
        for (var i = 0; i < count; i++)
        {
            all[i] = (uint)i;
        }

        return all;
    }

    public void Dispose() => Rows.Dispose();

    private static (VectorRows Rows, int Count, bool IsCut) ReadBase(DataFiles files)
    {
        using var reader = Open("--base", files.Base);
        var capacity = (uint)Math.Max(1, Math.Min(reader.Rows ?? RowsMax, files.Rows ?? RowsMax));
        var rows = new VectorRows("benchmark vectors", reader.Dim, capacity);
        try
        {
            var vector = new float[reader.Dim];
            var count = 0;
            while (count < capacity && Read("--base", reader, vector))
            {
                Normalize(files.Metric, vector);
                rows.Write((uint)count++, vector);
            }

            if (count < (files.Rows ?? K))
            {
                throw files.Rows is { } wanted
                    ? new BadArgumentException("--rows", $"{wanted} rows are wanted, {files.Base} has {count}")
                    : new BadArgumentException("--base", $"{files.Base} has {count} rows, at least {K} are needed");
            }

            return (rows, count, files.Rows is not null && Read("--base", reader, vector));
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    private static QuerySet ReadQueries(DataFiles files, int dim)
    {
        using var reader = Open("--query", files.Query);
        if (reader.Dim != dim)
        {
            throw new BadArgumentException("--query", $"{files.Query} has {reader.Dim} dimensions, the base has {dim}");
        }

        var queries = new List<float>();
        var vector = new float[dim];
        while (Read("--query", reader, vector))
        {
            Normalize(files.Metric, vector);
            queries.AddRange(vector);
        }

        return queries.Count > 0 ? new QuerySet([.. queries], dim) : throw new BadArgumentException("--query", $"{files.Query} has no rows");
    }

    private static int[][] ReadTruth(DataFiles files, int queryCount, int baseCount)
    {
        var truth = Guard("--truth", files.Truth, () => IntVectors.ReadAll(files.Truth));
        if (truth.Dim < K)
        {
            throw new BadArgumentException("--truth", $"{files.Truth} has {truth.Dim} neighbours for each query, at least {K} are needed");
        }

        if (truth.Rows != queryCount)
        {
            throw new BadArgumentException("--truth", $"{files.Truth} has {truth.Rows} rows, there are {queryCount} queries");
        }

        var rows = new int[queryCount][];
        for (var query = 0; query < queryCount; query++)
        {
            rows[query] = truth.Row(query)[..K].ToArray();
            foreach (var id in rows[query])
            {
                if (id < 0 || id >= baseCount)
                {
                    throw new BadArgumentException("--truth", $"{files.Truth} row {query} names point {id}, the base has {baseCount} rows");
                }
            }
        }

        return rows;
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
