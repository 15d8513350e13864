namespace OrleansVectors.Partitions.Reclaiming;

/// <summary>What a step of reclaiming came to.</summary>
internal enum ReclaimProgress
{
    /// <summary>Nothing is left that could be done before more has ended or an index has given something up.</summary>
    Done,

    /// <summary>The rest has to wait until readers leave.</summary>
    WaitsForReaders,

    /// <summary>The next step goes on at once.</summary>
    More,
}
