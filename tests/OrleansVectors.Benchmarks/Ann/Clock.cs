using System.Diagnostics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>What a second is.</summary>
internal enum Clock
{
    /// <summary>A second of the day: what a user waits.</summary>
    Wall,

    /// <summary>A second of the processor, shared by the threads at work: on a machine that others use too, the fairer one.</summary>
    Cpu,
}

/// <summary>Reads a <see cref="Clock"/>.</summary>
internal static class ClockReading
{
    /// <summary>Seconds since some moment.</summary>
    /// <param name="clock">Which clock.</param>
    /// <param name="threads">How many threads of this process are at work; the processor's time is divided by them.</param>
    public static double Seconds(this Clock clock, int threads) =>
        clock == Clock.Wall
            ? Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency
            : Environment.CpuUsage.TotalTime.TotalSeconds / threads;
}
