using System.Globalization;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Prints a line for each measured point; scripts outside this repository read them.</summary>
internal sealed class ResultLines(TextWriter output)
{
    private const double Mebibyte = 1 << 20;

    /// <param name="set">What the set is called.</param>
    /// <param name="description">The index and its parameters, without commas.</param>
    /// <param name="threads">Threads that search.</param>
    /// <param name="recall">The share of the wanted points that was found.</param>
    /// <param name="queriesPerSecond">The speed.</param>
    /// <param name="buildSeconds">How long the index took to build, or to change.</param>
    /// <param name="bytes">What it holds.</param>
    public void Print(string set, string description, int threads, double recall, double queriesPerSecond, double buildSeconds, long bytes)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ov,{set},{description},{threads},{recall:F4},{queriesPerSecond:F1},{buildSeconds:F2},{bytes / Mebibyte:F1}"));
        output.Flush();
    }
}
