using System.Diagnostics;
using OrleansVectors.Faults.Reporting;

namespace OrleansVectors.Faults.Kills;

/// <summary>Rounds that are left, shared by the lanes; says now and then how far they are.</summary>
internal sealed class KillRounds(int rounds, Report report)
{
    private const int ProgressEvery = 500;

    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private int _taken;

    /// <summary>Takes the next round.</summary>
    public bool TryTake()
    {
        int taken = Interlocked.Increment(ref _taken);
        if (taken % ProgressEvery == 0 && taken < rounds)
            report.Line($"  {taken} rounds after {_elapsed.Elapsed.TotalSeconds:F0} s");
        return taken <= rounds;
    }
}
