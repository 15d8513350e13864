using System.Diagnostics;
using System.Text.Json;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.Recall;

/// <summary>Sends every query once, each thread taking the next that is left, and keeps answers and times.</summary>
internal sealed class QueryPass(VectorsClient client, string collection)
{
    /// <summary>Not timed: connections open and the server's code is compiled.</summary>
    private const int WarmUpQueries = 50;

    /// <summary>Ids as the server gave them, per query, nearest first; an id that is no number is -1.</summary>
    public long[][] Answers { get; private set; } = [];

    /// <summary>Times per query, sorted, in milliseconds.</summary>
    public double[] SortedMs { get; private set; } = [];

    /// <summary>Answers per second.</summary>
    public double Qps { get; private set; }

    public async Task RunAsync(byte[][] bodies, int threads, CancellationToken cancellation)
    {
        await SendAllAsync(bodies[..Math.Min(WarmUpQueries, bodies.Length)], threads, cancellation);
        Stopwatch clock = Stopwatch.StartNew();
        await SendAllAsync(bodies, threads, cancellation);
        Qps = bodies.Length / clock.Elapsed.TotalSeconds;
        Array.Sort(SortedMs);
    }

    /// <summary>The time that a share of the queries did not exceed (nearest rank).</summary>
    public double PercentileMs(double share)
        => SortedMs[Math.Clamp((int)Math.Ceiling(share * SortedMs.Length) - 1, 0, SortedMs.Length - 1)];

    private async Task SendAllAsync(byte[][] bodies, int threads, CancellationToken cancellation)
    {
        string path = VectorsClient.PathOf(collection) + "/points/query";
        Answers = new long[bodies.Length][];
        SortedMs = new double[bodies.Length];
        int next = -1;
        async Task WorkAsync()
        {
            for (int i = Interlocked.Increment(ref next); i < bodies.Length; i = Interlocked.Increment(ref next))
            {
                long start = Stopwatch.GetTimestamp();
                using JsonDocument answer = await client.SendAsync(HttpMethod.Post, path, bodies[i], cancellation);
                Answers[i] = Ids(answer.RootElement);
                SortedMs[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(WorkAsync, cancellation)));
    }

    private static long[] Ids(JsonElement envelope)
    {
        JsonElement points = envelope.GetProperty("result").GetProperty("points");
        long[] ids = new long[points.GetArrayLength()];
        int i = 0;
        foreach (JsonElement point in points.EnumerateArray())
        {
            JsonElement id = point.GetProperty("id");
            ids[i++] = id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out long number) ? number : -1;
        }

        return ids;
    }
}
