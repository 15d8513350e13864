using System.Globalization;
using OrleansVectors.Collections;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Api.Metrics;

/// <summary>The server's figures in Prometheus' text format 0.0.4.</summary>
internal static class MetricsText
{
    public static async Task<string> ComposeAsync(
        RequestMetrics requests, VectorDatabase database, CancellationToken cancellationToken)
    {
        var text = new PrometheusText();
        text.Head("app_info", "gauge", "What answers.");
        text.Line("app_info", $"name=\"orleansvectors\",version=\"{ProductVersion.Number}\"", 1);
        await CollectionMetrics.WriteAsync(text, database, cancellationToken).ConfigureAwait(false);
        WriteProcess(text);
        WriteRequests(text, requests);
        return text.ToString();
    }

    private static void WriteProcess(PrometheusText text)
    {
        text.Head("process_resident_memory_bytes", "gauge", "Memory of the process that is in RAM.");
        text.Line("process_resident_memory_bytes", "", Environment.WorkingSet);
        text.Head("native_memory_bytes", "gauge", "Native memory that is committed for rows, vectors, indexes and payloads.");
        text.Line("native_memory_bytes", "", NativeRegion.TotalCommittedBytes);
        text.Head("dotnet_gc_heap_bytes", "gauge", "Live and dead objects on the garbage collected heap.");
        text.Line("dotnet_gc_heap_bytes", "", GC.GetTotalMemory(forceFullCollection: false));
        text.Head("process_cpu_seconds_total", "counter", "Processor time used.");
        text.Line("process_cpu_seconds_total", "", Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    private static void WriteRequests(PrometheusText text, RequestMetrics requests)
    {
        var series = requests.Snapshot().ToList();
        text.Head("rest_responses_duration_seconds", "histogram", "Requests by address and status, and how long they took.");
        foreach (((string method, string pattern, int status), RequestMetrics.Series one) in series)
        {
            string labels = $"method=\"{method}\",endpoint=\"{pattern}\",status=\"{status}\"";
            long count = 0;
            for (int i = 0; i < RequestMetrics.BucketSeconds.Count; i++)
            {
                count += one.CountInBucket(i);
                string bound = RequestMetrics.BucketSeconds[i].ToString(CultureInfo.InvariantCulture);
                text.Line("rest_responses_duration_seconds_bucket", $"{labels},le=\"{bound}\"", count);
            }

            count += one.CountInBucket(RequestMetrics.BucketSeconds.Count);
            text.Line("rest_responses_duration_seconds_bucket", $"{labels},le=\"+Inf\"", count);
            text.Line("rest_responses_duration_seconds_sum", labels, one.SumSeconds);
            text.Line("rest_responses_duration_seconds_count", labels, count);
        }
    }
}
