namespace OrleansVectors.Cli.Import;

/// <summary>What a file of points may be.</summary>
internal enum ImportFormat
{
    Fvecs,
    Bvecs,
    Npy,
    Jsonl,
    Csv,
}
