using System.Globalization;
using System.Text;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Canary;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Api.Metrics;

/// <summary>The server's figures in Prometheus' text format 0.0.4.</summary>
internal static class MetricsText
{
    public static async Task<string> ComposeAsync(
        RequestMetrics requests, VectorDatabase database, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        Head(text, "app_info", "gauge", "What answers.");
        Line(text, "app_info", $"name=\"orleansvectors\",version=\"{ProductVersion.Number}\"", 1);
        await WriteCollectionsAsync(text, database, cancellationToken).ConfigureAwait(false);
        WriteProcess(text);
        WriteRequests(text, requests);
        return text.ToString();
    }

    private static async Task WriteCollectionsAsync(
        StringBuilder text, VectorDatabase database, CancellationToken cancellationToken)
    {
        var collections = new List<(string Name, CollectionStatistics Statistics)>();
        var recalls = new List<(string Name, IReadOnlyDictionary<string, RecallEstimate> Recall)>();
        foreach (string name in database.CollectionNames)
        {
            if (database.TryGetCollection(name, out Collection? collection))
            {
                collections.Add((Escape(name), await collection.StatisticsAsync(cancellationToken).ConfigureAwait(false)));
                recalls.Add((Escape(name), collection.Recall));
            }
        }

        Head(text, "collections_total", "gauge", "Collections.");
        Line(text, "collections_total", "", collections.Count);
        Head(text, "collections_unavailable", "gauge", "Collections that could not be opened.");
        Line(text, "collections_unavailable", "", database.Unavailable.Count);
        Head(text, "collection_recall_estimate", "gauge", "Share of the ten nearest points that searches find, by samples in idle time.");
        foreach ((string name, IReadOnlyDictionary<string, RecallEstimate> recall) in recalls)
        {
            foreach ((string vector, RecallEstimate estimate) in recall)
                Line(text, "collection_recall_estimate", $"id=\"{name}\",vector=\"{Escape(vector)}\"", estimate.Recall);
        }

        Head(text, "collection_points", "gauge", "Live points of a collection.");
        foreach ((string name, CollectionStatistics statistics) in collections)
            Line(text, "collection_points", $"id=\"{name}\"", statistics.PointsCount);
        Head(text, "collection_indexed_vectors", "gauge", "Live vectors that a graph holds.");
        foreach ((string name, CollectionStatistics statistics) in collections)
            Line(text, "collection_indexed_vectors", $"id=\"{name}\"", statistics.IndexedVectorsCount);
        Head(text, "collection_indexing_pending", "gauge", "1 while vectors wait for a graph.");
        foreach ((string name, CollectionStatistics statistics) in collections)
            Line(text, "collection_indexing_pending", $"id=\"{name}\"", statistics.IndexingPending ? 1 : 0);
    }

    private static void WriteProcess(StringBuilder text)
    {
        Head(text, "process_resident_memory_bytes", "gauge", "Memory of the process that is in RAM.");
        Line(text, "process_resident_memory_bytes", "", Environment.WorkingSet);
        Head(text, "native_memory_bytes", "gauge", "Native memory that is committed for rows, vectors, indexes and payloads.");
        Line(text, "native_memory_bytes", "", NativeRegion.TotalCommittedBytes);
        Head(text, "dotnet_gc_heap_bytes", "gauge", "Live and dead objects on the garbage collected heap.");
        Line(text, "dotnet_gc_heap_bytes", "", GC.GetTotalMemory(forceFullCollection: false));
        Head(text, "process_cpu_seconds_total", "counter", "Processor time used.");
        Line(text, "process_cpu_seconds_total", "", Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    private static void WriteRequests(StringBuilder text, RequestMetrics requests)
    {
        var series = requests.Snapshot().ToList();
        Head(text, "rest_responses_duration_seconds", "histogram", "Requests by address and status, and how long they took.");
        foreach (((string method, string pattern, int status), RequestMetrics.Series one) in series)
        {
            string labels = $"method=\"{method}\",endpoint=\"{pattern}\",status=\"{status}\"";
            long count = 0;
            for (int i = 0; i < RequestMetrics.BucketSeconds.Count; i++)
            {
                count += one.CountInBucket(i);
                string bound = RequestMetrics.BucketSeconds[i].ToString(CultureInfo.InvariantCulture);
                Line(text, "rest_responses_duration_seconds_bucket", $"{labels},le=\"{bound}\"", count);
            }

            count += one.CountInBucket(RequestMetrics.BucketSeconds.Count);
            Line(text, "rest_responses_duration_seconds_bucket", $"{labels},le=\"+Inf\"", count);
            Line(text, "rest_responses_duration_seconds_sum", labels, one.SumSeconds);
            Line(text, "rest_responses_duration_seconds_count", labels, count);
        }
    }

    private static void Head(StringBuilder text, string name, string type, string help)
        => text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string label)
        => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
