using System.Diagnostics;
using OrleansVectors.Faults.Reporting;

namespace OrleansVectors.Faults.Kills;

/// <summary>What the lanes did together.</summary>
internal sealed class KillFigures
{
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private int _kills;
    private int _killsAtStart;
    private int _compared;
    private int _searched;
    private int _missed;
    private int _acknowledged;
    private int _doubtful;

    /// <summary>Times from starting the process to its first line that says where it listens.</summary>
    public Durations Starts { get; } = new();

    public void Killed() => Interlocked.Increment(ref _kills);

    public void KilledAtStart() => Interlocked.Increment(ref _killsAtStart);

    public void Compared(int points) => Interlocked.Add(ref _compared, points);

    public void Searched(int missed, int points)
    {
        Interlocked.Add(ref _missed, missed);
        Interlocked.Add(ref _searched, points);
    }

    public void Wrote(int acknowledged, int doubtful)
    {
        Interlocked.Add(ref _acknowledged, acknowledged);
        Interlocked.Add(ref _doubtful, doubtful);
    }

    public void WriteTo(Report report)
    {
        int kills = _kills + _killsAtStart;
        report.Figure("kills", $"{_kills} while writing, {_killsAtStart} while starting, {kills / _elapsed.Elapsed.TotalSeconds:F2} a second");
        report.Figure("restart", Starts.ToString());
        report.Figure("batches", $"{_acknowledged} acknowledged, {_doubtful} unanswered");
        report.Figure("points compared", $"{_compared}");
        report.Figure("searches", $"{_searched}, of which the ordinary one missed {_missed} at first");
    }
}
