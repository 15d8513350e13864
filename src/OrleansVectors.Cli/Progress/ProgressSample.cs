namespace OrleansVectors.Cli.Progress;

/// <summary>How far a command is.</summary>
/// <param name="Rows">Rows done, including those of earlier runs.</param>
/// <param name="Fraction">The share of the whole that is done, 0 to 1.</param>
internal readonly record struct ProgressSample(long Rows, double Fraction);
