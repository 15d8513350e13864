using System.Globalization;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>A filled graph, over the vectors or over codes of them.</summary>
/// <param name="graph">The graph; disposed with this, as its codes are.</param>
/// <param name="rows">The vectors.</param>
/// <param name="queries">The queries.</param>
/// <param name="buildSeconds">How long it took to fill.</param>
/// <param name="filters">What each query may see; all when null.</param>
/// <param name="plan">How filtered searches go about it; the choice is not made here.</param>
internal sealed class MeasuredHnsw(
    HnswGraph graph, VectorRows rows, QuerySet queries, double buildSeconds, QueryFilters? filters = null, FilterPlan plan = FilterPlan.Walk)
    : IMeasuredIndex
{
    private readonly CodeSpace? codes = graph.Space as CodeSpace;
    private readonly FlatScan scan = new(graph.Space);
    private readonly Rescorer rescorer = new(rows, graph.Space.Metric);
    public VectorRows Rows => rows;

    public bool HasEffort => filters is null || plan != FilterPlan.Scan;

    public double BuildSeconds => buildSeconds;

    public long Bytes =>
        rows.UsedBytes(graph.OrdinalsEnd) + (codes?.UsedBytes(graph.OrdinalsEnd) ?? 0) + graph.Regions.Sum(part => part.UsedBytes);

    public string Describe(SearchPoint point)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"hnsw m={graph.Options.M} efc={graph.Options.EfConstruction} ef={point.Effort}");
        if (codes is not null)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" quantizer={Codes.WordOf(codes.Quantizer.Kind)} rescore={point.Rescore}");
        }

        return filters is null ? text : $"{text} plan={(plan == FilterPlan.TwoHop ? "two-hop" : plan.ToString().ToLowerInvariant())}";
    }

    public int Search(int query, SearchPoint point, Span<Candidate> results)
    {
        if (codes is null || point.Rescore == 0)
        {
            return Find(query, point.Effort, results);
        }

        var room = Rescorer.Room(Math.Max(point.Rescore, results.Length));
        return rescorer.Nearest(queries[query], room[..Find(query, point.Effort, room)], results);
    }

    public void Dispose()
    {
        graph.Dispose();
        codes?.Dispose();
    }

    private int Find(int query, int ef, Span<Candidate> results)
    {
        if (filters is null)
        {
            return graph.Search(queries[query], results.Length, ef, default(AdmitAll), results, out _);
        }

        var set = filters[query];
        if (plan == FilterPlan.Scan)
        {
            return scan.Search(queries[query], set.Ordinals, results.Length, default(AdmitAll), results);
        }

        // A walk that costs as much as a scan gives up.
        var isTwoHop = plan == FilterPlan.TwoHop;
        var walk = new WalkPlan(
            isTwoHop ? FilteredWalk.TwoHop : FilteredWalk.Admission, set.Seeds, isTwoHop ? set.Ordinals.Length : int.MaxValue, filters.Share, Truth.K);
        var found = graph.Search(queries[query], results.Length, ef, set.AsFilter, results, out var stats, walk);
        return isTwoHop && stats.BudgetExhausted
            ? scan.Search(queries[query], set.Ordinals, results.Length, default(AdmitAll), results)
            : found;
    }
}
