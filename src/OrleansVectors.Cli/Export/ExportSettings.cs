namespace OrleansVectors.Cli.Export;

/// <summary>What the person asked for.</summary>
/// <param name="Collection">The collection.</param>
/// <param name="Format">The format.</param>
/// <param name="File">The file; null for standard output. A name that ends in .gz is compressed.</param>
/// <param name="VectorName">The one vector wanted; null for all (jsonl) or the only one there is.</param>
/// <param name="IdsFile">A file for the ids, one a line, in the order of the rows; null for none.</param>
internal sealed record ExportSettings(string Collection, ExportFormat Format, string? File, string? VectorName, string? IdsFile);
