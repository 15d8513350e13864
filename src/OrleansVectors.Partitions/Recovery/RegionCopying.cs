namespace OrleansVectors.Partitions.Recovery;

/// <summary>When a checkpoint may read a region's bytes so that they are those of its cut.</summary>
internal enum RegionCopying
{
    /// <summary>Changed in place by the applier: copied between two operations.</summary>
    AtCut,

    /// <summary>Bytes in use never change: read at leisure while writes go on behind them.</summary>
    AppendOnly,

    /// <summary>Changed by indexing alone: read while indexing is paused.</summary>
    WhileIndexingPaused,
}
