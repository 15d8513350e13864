namespace OrleansVectors.Cli.Recall;

/// <summary>The figures of one pass over all queries.</summary>
/// <param name="HnswEf">The breadth asked for; null for the server's default.</param>
/// <param name="Exact">True when the exact search was asked for.</param>
/// <param name="Recall">The mean share of correct answers among k, 0 to 1.</param>
/// <param name="Qps">Answers per second over all threads, by the wall clock.</param>
/// <param name="P50Ms">The median time of one request as the client saw it, in milliseconds.</param>
/// <param name="P95Ms">The 95th percentile.</param>
/// <param name="P99Ms">The 99th percentile.</param>
internal sealed record RecallRun(int? HnswEf, bool Exact, double Recall, double Qps, double P50Ms, double P95Ms, double P99Ms);
