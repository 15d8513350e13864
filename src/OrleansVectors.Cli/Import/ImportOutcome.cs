namespace OrleansVectors.Cli.Import;

/// <summary>What an import that reached the end of its file has done.</summary>
/// <param name="Points">Points confirmed by the server in this run.</param>
/// <param name="Rows">Rows of the file done, with those of earlier runs.</param>
/// <param name="BadRows">Rows left out as bad, with those of earlier runs.</param>
/// <param name="Elapsed">The time of this run, from the first row.</param>
internal sealed record ImportOutcome(long Points, long Rows, long BadRows, TimeSpan Elapsed);
