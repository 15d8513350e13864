using System.Runtime.InteropServices;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Churn;

/// <summary>
/// Half of the base is in the index; then a point goes and another row of the base comes, until each place has changed
/// hands so many times. Decided beforehand, so that every engine does the same.
/// </summary>
internal sealed class ChurnPlan
{
    private const int Seed = 30;
    private const int ClustersMax = 64;

    private ChurnPlan(int[] first, ChurnStep[] steps)
    {
        First = first;
        Steps = steps;
    }

    /// <summary>The rows of the base that are in the index at first.</summary>
    public int[] First { get; }

    /// <summary>What changes, in order.</summary>
    public ChurnStep[] Steps { get; }

    public static ChurnPlan Create(DataSet set, ChurnKind kind, int turnovers)
    {
        var live = set.Count / 2;
        var random = new Random(Seed);
        var rows = Enumerable.Range(0, set.Count).ToArray();
        if (kind != ChurnKind.Window)
        {
            random.Shuffle(rows);
        }

        var first = rows[..live];
        var steps = new ChurnStep[checked(live * turnovers)];
        switch (kind)
        {
            case ChurnKind.Replace:
                for (var i = 0; i < steps.Length; i++)
                {
                    Exchange(rows, random.Next(live), live + random.Next(rows.Length - live), steps, i);
                }

                break;
            case ChurnKind.Window:
                for (var i = 0; i < steps.Length; i++)
                {
                    steps[i] = new ChurnStep(i % rows.Length, (i + live) % rows.Length);
                }

                break;
            default:
                Clusters(set, rows, live, random, steps);
                break;
        }

        return new ChurnPlan(first, steps);
    }

    /// <summary>The rows that are in the index at the end.</summary>
    public int[] Last()
    {
        var live = new HashSet<int>(First);
        foreach (var step in Steps)
        {
            live.Remove(step.Gone);
            live.Add(step.Come);
        }

        return [.. live.Order()];
    }

    /// <summary>Writes it as int32 numbers: how many rows at first, how many steps; the rows; for each step the row that goes and the one that comes.</summary>
    /// <exception cref="BadArgumentException">The file cannot be written.</exception>
    public void Save(string argument, string path)
    {
        try
        {
            using var file = File.Create(path);
            file.Write(MemoryMarshal.AsBytes<int>([First.Length, Steps.Length]));
            file.Write(MemoryMarshal.AsBytes(First.AsSpan()));
            file.Write(MemoryMarshal.AsBytes(Steps.AsSpan()));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new BadArgumentException(argument, problem.Message);
        }
    }

    private static void Exchange(int[] rows, int gone, int come, ChurnStep[] steps, int step)
    {
        steps[step] = new ChurnStep(rows[gone], rows[come]);
        (rows[gone], rows[come]) = (rows[come], rows[gone]);
    }

    /// <summary>The first <paramref name="live"/> of the rows are in the index, the others wait; clusters go whole, rows of other clusters come.</summary>
    private static void Clusters(DataSet set, int[] rows, int live, Random random, ChurnStep[] steps)
    {
        var cluster = Assign(set, random);
        for (var done = 0; done < steps.Length;)
        {
            var chosen = cluster[rows[random.Next(live)]];
            var going = Enumerable.Range(0, live).Where(place => cluster[rows[place]] == chosen).ToArray();
            var coming = Enumerable.Range(live, rows.Length - live).Where(place => cluster[rows[place]] != chosen).ToArray();
            random.Shuffle(coming);
            var count = Math.Min(Math.Min(going.Length, coming.Length), steps.Length - done);
            for (var i = 0; i < count; i++)
            {
                Exchange(rows, going[i], coming[i], steps, done + i);
            }

            done += count;
        }
    }

    /// <summary>For each row the nearest of some rows.</summary>
    private static int[] Assign(DataSet set, Random random)
    {
        var centers = Enumerable.Range(0, ClustersMax).Select(_ => (uint)random.Next(set.Count)).Distinct().ToArray();
        var flat = new FlatScan(new FloatSpace(set.Rows, set.Metric));
        var nearest = new int[set.Count];
        Parallel.For(0, nearest.Length, row =>
        {
            Span<Candidate> found = stackalloc Candidate[1];
            flat.Search(set.Rows.Vector((uint)row), centers, 1, default(AdmitAll), found);
            nearest[row] = (int)found[0].Ordinal;
        });
        return nearest;
    }
}
