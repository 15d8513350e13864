namespace OrleansVectors.Benchmarks.Datasets;

/// <summary>How rows are made from given ones.</summary>
internal enum MakeKind
{
    /// <summary>A given row with noise.</summary>
    Noisy,

    /// <summary>A point between two given rows, nearer to one, with noise.</summary>
    Mixed,

    /// <summary>None: the set is the given rows, cut to their first components.</summary>
    Truncated,
}
