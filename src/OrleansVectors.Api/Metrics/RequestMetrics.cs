using System.Collections.Concurrent;

namespace OrleansVectors.Api.Metrics;

/// <summary>
/// Counts finished requests by method, address and status. Addresses are the patterns of endpoints, so the number of
/// series is bounded. All members may be called at once from many threads.
/// </summary>
public sealed class RequestMetrics
{
    /// <summary>Upper bounds of the histogram's buckets, in seconds; one more has no bound.</summary>
    public static IReadOnlyList<double> BucketSeconds { get; } =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Method, string Pattern, int Status), Series> _series = new();

    /// <summary>Notes a finished request.</summary>
    public void Record(string method, string pattern, int status, TimeSpan duration)
        => _series.GetOrAdd((method, pattern, status), static _ => new Series()).Record(duration);

    /// <summary>All series, ordered.</summary>
    internal IEnumerable<KeyValuePair<(string Method, string Pattern, int Status), Series>> Snapshot()
        => _series.OrderBy(pair => pair.Key);

    /// <summary>One series: how often and how long.</summary>
    internal sealed class Series
    {
        private readonly long[] _buckets = new long[BucketSeconds.Count + 1];
        private long _microseconds;

        /// <summary>Sum of durations.</summary>
        public double SumSeconds => Interlocked.Read(ref _microseconds) / 1e6;

        /// <summary>Requests that took longer than the bucket before and at most this bucket's bound.</summary>
        public long CountInBucket(int bucket) => Interlocked.Read(ref _buckets[bucket]);

        /// <summary>Notes one request.</summary>
        public void Record(TimeSpan duration)
        {
            int bucket = 0;
            while (bucket < BucketSeconds.Count && duration.TotalSeconds > BucketSeconds[bucket])
                bucket++;
            Interlocked.Increment(ref _buckets[bucket]);
            Interlocked.Add(ref _microseconds, (long)duration.TotalMicroseconds);
        }
    }
}
