namespace OrleansVectors.Partitions.Searching;

/// <summary>
/// What a unit of some work has cost lately: a moving average in which a single measurement counts little, for a thread may
/// have been interrupted. Threads may overwrite each other's, which does no harm.
/// </summary>
internal sealed class CostRate
{
    private const double Weight = 1.0 / 16;

    /// <summary>A measurement counts at most as so many times the average,</summary>
    private const double RiseMax = 2;

    /// <summary>and at least as the average divided by this.</summary>
    private const double FallMax = 4;

    private double _average;

    /// <summary>The average; null before anything was measured.</summary>
    public double? Average => Volatile.Read(ref _average) is > 0 and var average ? average : null;

    /// <summary>Takes a measurement.</summary>
    /// <param name="measured">What a unit has cost.</param>
    /// <param name="expected">What it was expected to cost, if this is the first.</param>
    public void Note(double measured, double expected)
    {
        if (!(measured > 0))
        {
            return;
        }

        double old = Average ?? (expected > 0 ? expected : measured);
        double bounded = Math.Clamp(measured, old / FallMax, old * RiseMax);
        Volatile.Write(ref _average, old + ((bounded - old) * Weight));
    }
}
