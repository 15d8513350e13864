namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>What requests took.</summary>
/// <param name="Seconds">From the first to the last answer.</param>
/// <param name="Each">Seconds of each request, shortest first.</param>
internal sealed record LoadTimes(double Seconds, double[] Each);
