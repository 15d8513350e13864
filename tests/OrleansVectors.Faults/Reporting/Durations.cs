namespace OrleansVectors.Faults.Reporting;

/// <summary>Times of one kind, collected from any thread.</summary>
internal sealed class Durations
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = [];

    /// <summary>Notes one.</summary>
    public void Add(TimeSpan time)
    {
        lock (_gate)
            _milliseconds.Add(time.TotalMilliseconds);
    }

    /// <summary>Median and longest, for people.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            if (_milliseconds.Count == 0)
                return "none";
            _milliseconds.Sort();
            return $"p50 {_milliseconds[_milliseconds.Count / 2]:F0} ms, max {_milliseconds[^1]:F0} ms";
        }
    }
}
