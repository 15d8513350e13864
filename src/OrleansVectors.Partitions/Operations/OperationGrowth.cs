namespace OrleansVectors.Partitions.Operations;

/// <summary>Whether an operation list may need more memory than is in use.</summary>
internal enum OperationGrowth
{
    /// <summary>It takes something away, and leaves no more behind than the note of it.</summary>
    OnlyTakesAway,

    /// <summary>It stores something.</summary>
    MayGrow,
}
