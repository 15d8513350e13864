namespace OrleansVectors.Benchmarks.Churn;

/// <summary>Percentiles of measured times.</summary>
internal static class Percentile
{
    /// <summary>The value that <paramref name="percent"/> of a hundred do not exceed; 0 when there are none.</summary>
    public static double Of(double[] ascending, double percent) =>
        ascending.Length == 0 ? 0 : ascending[Math.Clamp((int)Math.Ceiling(ascending.Length * percent / 100) - 1, 0, ascending.Length - 1)];
}
