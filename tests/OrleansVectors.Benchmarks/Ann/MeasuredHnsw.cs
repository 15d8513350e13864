using System.Globalization;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>A filled graph.</summary>
/// <param name="graph">The graph; disposed with this.</param>
/// <param name="rows">Its vectors.</param>
/// <param name="queries">The queries.</param>
/// <param name="buildSeconds">How long it took to fill.</param>
/// <param name="filters">What each query may see; all when null.</param>
/// <param name="plan">How filtered searches go about it.</param>
internal sealed class MeasuredHnsw(
    HnswGraph graph, VectorRows rows, QuerySet queries, double buildSeconds, QueryFilters? filters = null, FilterPlan plan = FilterPlan.Auto)
    : IMeasuredIndex
{
    /// <summary>Matches up to which comparing with all of them is faster than any walk.</summary>
    private const int ScanMatchesMax = 10_000;

    private readonly FlatScan flat = new(new FloatSpace(rows, graph.Space.Metric));
    private readonly FilterPlan plan =
        filters is null || plan != FilterPlan.Auto ? plan
        : filters.Matches <= ScanMatchesMax ? FilterPlan.Scan
        : FilterPlan.Walk;

    public VectorRows Rows => rows;

    /// <summary>From the first insertion to a graph in which every point is reachable; reading the files is not in it.</summary>
    public double BuildSeconds => buildSeconds;

    public long Bytes => rows.UsedBytes(graph.OrdinalsEnd) + graph.Regions.Sum(part => part.UsedBytes);

    public string Describe(SearchPoint point)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"hnsw m={graph.Options.M} efc={graph.Options.EfConstruction} ef={point.Effort}");
        return filters is null ? text : $"{text} plan={plan.ToString().ToLowerInvariant()}";
    }

    public int Search(int query, SearchPoint point, Span<Candidate> results) =>
        filters is null ? graph.Search(queries[query], results.Length, point.Effort, default(AdmitAll), results, out _)
        : plan == FilterPlan.Scan ? flat.Search(queries[query], filters[query].Ordinals, results.Length, default(AdmitAll), results)
        : graph.Search(queries[query], results.Length, point.Effort, filters[query].AsFilter, results, out _);

    public void Dispose() => graph.Dispose();
}
