namespace OrleansVectors.Partitions.Schemas;

/// <summary>Settings of inverted lists.</summary>
/// <param name="Lists">How many lists; 0 chooses by the number of points.</param>
/// <param name="NProbe">Lists a search that names no number scans; 0 chooses by the number of lists.</param>
public sealed record IvfSchema(int Lists = 0, int NProbe = 0);
