namespace OrleansVectors.Benchmarks.Ann;

/// <summary>How long queries are run.</summary>
/// <param name="FirstWarmUp">Passes run before the first point for so long, so that the JIT has compiled the walk for good.</param>
/// <param name="MeasuredMin">Passes are added until a point has been measured for so long.</param>
internal sealed record PassTimes(TimeSpan FirstWarmUp, TimeSpan MeasuredMin)
{
    /// <summary>What results are measured with.</summary>
    public static PassTimes Ordinary { get; } = new(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(1));

    /// <summary>The fewest passes: for trying the command out.</summary>
    public static PassTimes Shortest { get; } = new(TimeSpan.Zero, TimeSpan.Zero);
}
