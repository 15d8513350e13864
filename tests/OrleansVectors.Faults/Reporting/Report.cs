using System.Diagnostics;

namespace OrleansVectors.Faults.Reporting;

/// <summary>Collects violations and figures of one run, from any thread, and prints them.</summary>
internal sealed class Report(TextWriter output, int seed)
{
    /// <summary>Violations printed in full; after a broken promise the rest of a run tends to repeat it.</summary>
    private const int PrintedMax = 60;

    private readonly Lock _gate = new();
    private readonly List<(string Name, string Value)> _figures = [];
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    /// <summary>Broken promises so far.</summary>
    public int Violations { get; private set; }

    /// <summary>Why the command could not be run, or null.</summary>
    public string? Skipped { get; private set; }

    /// <summary>Prints a line at once.</summary>
    public void Line(string text)
    {
        lock (_gate)
        {
            output.WriteLine(text);
            output.Flush();
        }
    }

    /// <summary>Notes a broken promise.</summary>
    /// <param name="where">The round, kill or call, with what replays it.</param>
    /// <param name="expected">What was promised.</param>
    /// <param name="found">What was there.</param>
    public void Violation(string where, string expected, string found)
    {
        lock (_gate)
        {
            if (++Violations <= PrintedMax)
                output.WriteLine($"VIOLATION seed {seed}, {where}: expected {expected}; found {found}");
            output.Flush();
        }
    }

    /// <summary>A figure for the end.</summary>
    public void Figure(string name, string value)
    {
        lock (_gate)
            _figures.Add((name, value));
    }

    /// <summary>Ends the run as skipped.</summary>
    public void Skip(string reason) => Skipped = reason;

    /// <summary>Prints the figures and the verdict.</summary>
    /// <returns>The exit code.</returns>
    public int Finish()
    {
        if (Skipped is not null)
        {
            Line($"skipped: {Skipped}");
            return 0;
        }

        Figure("seconds", $"{_elapsed.Elapsed.TotalSeconds:F1}");
        foreach ((string name, string value) in _figures)
            Line($"  {name,-28} {value}");
        Line(Violations == 0 ? "no violation" : $"{Violations} violations, seed {seed}");
        return Violations == 0 ? 0 : 1;
    }
}
