namespace OrleansVectors.Partitions.Recovery;

/// <summary>When a checkpoint may read a region's bytes so that they are those of its cut.</summary>
internal enum RegionCopying
{
    /// <summary>Changed in place by the applier: copied between two operations.</summary>
    AtCut,

    /// <summary>
    /// Bytes that are wanted at the cut do not change until the checkpoint has left the gate; others may be overwritten
    /// meanwhile, and nobody will ask for them: read at leisure.
    /// </summary>
    AtLeisure,

    /// <summary>Changed by indexing alone: read while indexing is paused.</summary>
    WhileIndexingPaused,
}
