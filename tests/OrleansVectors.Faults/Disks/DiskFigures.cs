using OrleansVectors.Faults.Reporting;

namespace OrleansVectors.Faults.Disks;

/// <summary>What the cases did together.</summary>
internal sealed class DiskFigures
{
    private int _cases;
    private int _hit;
    private int _refused;
    private int _unclear;

    /// <summary>Times from the end of a fault to the first write that is taken.</summary>
    public Durations Healing { get; } = new();

    /// <summary>A case is over.</summary>
    public void Done(bool hit)
    {
        Interlocked.Increment(ref _cases);
        if (hit)
            Interlocked.Increment(ref _hit);
    }

    public void Refused() => Interlocked.Increment(ref _refused);

    /// <summary>A full disk was answered with 503.</summary>
    public void Unclear() => Interlocked.Increment(ref _unclear);

    public void WriteTo(Report report)
    {
        report.Figure("cases", $"{_cases}, of which {_hit} made a call fail");
        report.Figure("requests refused", $"{_refused}, of which {_unclear} were answered 503 while the disk was full");
        report.Figure("taking writes again after", Healing.ToString());
    }
}
