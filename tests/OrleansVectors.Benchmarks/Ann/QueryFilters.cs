using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>
/// Which points each query may see: one of a few sets of equal size. The sets of <see cref="FilterKind.Near"/> and
/// <see cref="FilterKind.Far"/> are balls around rows of the base; a query has the ball whose centre is nearest to it, or
/// farthest from it. Those of <see cref="FilterKind.Outside"/> are what lies outside of the ball that is nearest.
/// </summary>
internal sealed class QueryFilters
{
    private const int SetsMax = 32;
    private const int Seed = 20;

    /// <summary>What <c>--filter-kind</c> takes.</summary>
    public static readonly Dictionary<string, FilterKind> Kinds = new()
    {
        ["random"] = FilterKind.Random,
        ["near"] = FilterKind.Near,
        ["far"] = FilterKind.Far,
        ["outside"] = FilterKind.Outside,
    };

    private readonly OrdinalSet[] sets;
    private readonly int[] choice;

    private QueryFilters(OrdinalSet[] sets, int[] choice, int points)
    {
        Share = (double)sets[0].Ordinals.Length / points;
        this.sets = sets;
        this.choice = choice;
    }

    /// <summary>How many points each set admits.</summary>
    public int Matches => sets[0].Ordinals.Length;

    /// <summary>The share of the points that each set admits.</summary>
    public double Share { get; }

    /// <summary>The set that a query may see.</summary>
    public OrdinalSet this[int query] => sets[choice[query]];

    /// <summary>The number of the set that a query may see.</summary>
    public int ChoiceOf(int query) => choice[query];

    /// <summary>The numbers of the sets that a point is in.</summary>
    public IEnumerable<int> SetsWith(uint ordinal) => Enumerable.Range(0, sets.Length).Where(set => sets[set].AsFilter.Admits(ordinal));

    /// <summary>Chooses the sets; the same for the same set of vectors.</summary>
    /// <param name="set">The vectors and the queries.</param>
    /// <param name="share">The share of the points that each set admits; at least one point.</param>
    /// <param name="kind">Where they lie.</param>
    public static QueryFilters Create(DataSet set, double share, FilterKind kind)
    {
        var matches = Math.Clamp((int)Math.Round(share * set.Count), 1, set.Count);
        var random = new Random(Seed);
        if (kind == FilterKind.Random)
        {
            var all = DataSet.AllOrdinals(set.Count);
            var chosen = new OrdinalSet[SetsMax];
            for (var i = 0; i < SetsMax; i++)
            {
                random.Shuffle(all);
                chosen[i] = new OrdinalSet(Sorted(all.AsSpan(0, matches)), set.Count);
            }

            return new QueryFilters(chosen, [.. Enumerable.Range(0, set.Queries.Count).Select(query => query % SetsMax)], set.Count);
        }

        var centers = Enumerable.Range(0, SetsMax).Select(_ => (uint)random.Next(set.Count)).Distinct().ToArray();
        var balls = new OrdinalSet[centers.Length];
        Parallel.For(0, balls.Length, i => balls[i] = new OrdinalSet(
            kind == FilterKind.Outside ? Outside(set, centers[i], matches) : Ball(set, centers[i], matches), set.Count));
        var choice = new int[set.Queries.Count];
        for (var query = 0; query < choice.Length; query++)
        {
            var distances = Array.ConvertAll(centers, center => ReferenceDistance.Between(set.Metric, set.Queries[query], set.Rows.Vector(center)));
            choice[query] = Array.IndexOf(distances, kind == FilterKind.Far ? distances.Max() : distances.Min());
        }

        return new QueryFilters(balls, choice, set.Count);
    }

    /// <summary>
    /// Writes them as int32 numbers: how many sets, points in each, queries; for each query its set; then the sets' points.
    /// </summary>
    /// <exception cref="BadArgumentException">The file cannot be written.</exception>
    public void Save(string argument, string path)
    {
        try
        {
            using var file = File.Create(path);
            file.Write(MemoryMarshal.AsBytes<int>([sets.Length, Matches, choice.Length]));
            file.Write(MemoryMarshal.AsBytes(choice.AsSpan()));
            foreach (var set in sets)
            {
                file.Write(MemoryMarshal.AsBytes(set.Ordinals.AsSpan()));
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new BadArgumentException(argument, problem.Message);
        }
    }

    private static uint[] Ball(DataSet set, uint center, int size)
    {
        var nearest = new Candidate[size];
        var flat = new FlatScan(new FloatSpace(set.Rows, set.Metric));
        var found = flat.Search(set.Rows.Vector(center), 0, (uint)set.Count, size, default(AdmitAll), nearest);
        return Sorted(Array.ConvertAll(nearest[..found], point => point.Ordinal));
    }

    private static uint[] Outside(DataSet set, uint center, int size)
    {
        var inside = size == set.Count ? [] : Ball(set, center, set.Count - size);
        var within = new OrdinalSet(inside, set.Count).AsFilter;
        return [.. DataSet.AllOrdinals(set.Count).Where(ordinal => !within.Admits(ordinal))];
    }

    private static uint[] Sorted(ReadOnlySpan<uint> ordinals)
    {
        var sorted = ordinals.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
