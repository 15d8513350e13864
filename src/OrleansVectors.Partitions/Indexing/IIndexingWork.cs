namespace OrleansVectors.Partitions.Indexing;

/// <summary>Work that indexing threads do in slices of a few milliseconds, several threads at once.</summary>
internal interface IIndexingWork
{
    /// <summary>Does one slice; false when there is nothing to do at present.</summary>
    bool RunSlice();
}
