using OrleansVectors.Api.Json.Points;
using OrleansVectors.Api.Json.Schemas;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Api.Metrics;

/// <summary>
/// Figures of each vector name: what its index is and how far it has come, and what its searches did. The number of series
/// is bounded by the schemas: about two dozen for a name.
/// </summary>
/// <remarks>
/// Counters begin at 0 when a collection is opened. A search of a collection is one of each of its partitions. Samples of
/// the canary are left out.
/// </remarks>
internal sealed class VectorMetrics
{
    private static readonly SearchPlanKind[] Plans = Enum.GetValues<SearchPlanKind>();

    private readonly PrometheusText _text;
    private readonly IReadOnlyList<(string Labels, VectorStatistics Vector)> _vectors;

    private VectorMetrics(PrometheusText text, IReadOnlyList<(string Labels, VectorStatistics Vector)> vectors)
        => (_text, _vectors) = (text, vectors);

    /// <summary>Writes them all.</summary>
    /// <param name="text">Receives them.</param>
    /// <param name="vectors">Each name with the labels that tell it from the others.</param>
    public static void Write(PrometheusText text, IEnumerable<(string Labels, VectorStatistics Vector)> vectors)
    {
        var metrics = new VectorMetrics(text, [.. vectors]);
        metrics.WriteSizes();
        metrics.WriteIndexes();
        metrics.WriteSearches();
    }

    private void WriteSizes()
    {
        One("collection_vectors", "gauge", "Live vectors.", vector => vector.LiveVectors);
        One("collection_vector_bytes", "gauge", "Bytes of vectors, in memory or on disk, those of free rows included.", vector => vector.VectorBytes);
        Several("collection_index_bytes", "gauge", "Bytes that indexes use, those being built included: codes, links of graphs, inverted lists.", vector =>
        [
            ("part=\"codes\"", vector.IndexBytes.Codes),
            ("part=\"links\"", vector.IndexBytes.Links),
            ("part=\"lists\"", vector.IndexBytes.Lists),
        ]);
    }

    private void WriteIndexes()
    {
        Several("collection_index_info", "gauge", "The index and the codes that searches use; several lines where partitions differ.", vector =>
            vector.Serving.Select(serving => ($"index=\"{IndexOf(serving)}\",codes=\"{CodesOf(serving)}\"", 1.0)));
        One("collection_index_oversampling", "gauge", "Candidates by code that are scored again for each result; 0 without codes.", vector =>
            vector.Serving.Max(serving => serving.Oversampling));
        One("collection_index_rebuilding", "gauge", "1 while an index is built to take another's place.", vector => vector.IsRebuilding ? 1 : 0);
        One("collection_index_insertions_total", "counter", "Vectors that were put into an index.", vector => vector.Insertions);
        One("collection_index_dead_vectors", "gauge", "Dead vectors, at most, that were not taken out of the index yet.", vector => vector.DeadVectors);
        One("collection_unindexed_vectors", "gauge", "Vectors, at most, that wait for an index: each search scans them.", vector => vector.UnindexedVectors);
        One("collection_unindexed_bytes", "gauge", "Bytes of the vectors that wait for an index.", vector => vector.UnindexedBytes);
    }

    private void WriteSearches()
    {
        Several("collection_searches_total", "counter", "Searches of partitions by plan, as explain names it.", vector =>
            Plans.Select(plan => ($"plan=\"{ExplanationWriter.NameOf(plan)}\"", (double)vector.Searches.ByPlan[plan])));
        One("collection_search_fallbacks_total", "counter", "Searches that scanned everything after what they had taken first.", vector =>
            vector.Searches.FellBackToScan);
        Several("collection_search_distances_total", "counter", "Distances that searches computed, between vectors or from codes.", vector =>
        [
            ("kind=\"vectors\"", vector.Searches.VectorDistances),
            ("kind=\"codes\"", vector.Searches.CodeDistances),
        ]);
        One("collection_search_rescored_total", "counter", "Candidates by code that were scored again by their vectors.", vector => vector.Searches.Rescored);
        One("collection_search_nodes_visited_total", "counter", "Nodes of graphs, or inverted lists, that searches looked at.", vector =>
            vector.Searches.NodesVisited);
    }

    /// <summary>A family with one series for each vector name.</summary>
    private void One(string name, string type, string help, Func<VectorStatistics, double> value)
    {
        _text.Head(name, type, help);
        foreach ((string labels, VectorStatistics vector) in _vectors)
            _text.Line(name, labels, value(vector));
    }

    /// <summary>A family with several series for each vector name, told apart by labels of their own.</summary>
    private void Several(string name, string type, string help, Func<VectorStatistics, IEnumerable<(string Labels, double Value)>> values)
    {
        _text.Head(name, type, help);
        foreach ((string labels, VectorStatistics vector) in _vectors)
        {
            foreach ((string own, double value) in values(vector))
                _text.Line(name, $"{labels},{own}", value);
        }
    }

    private static string IndexOf(ServingIndex serving) => serving.Kind is { } kind ? VectorIndexJson.NameOf(kind) : "none";

    private static string CodesOf(ServingIndex serving) => serving.Codes is { } codes ? ExplanationWriter.NameOf(codes) : "none";
}
