namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What upkeep is at. A removal goes through all of them.</summary>
internal enum UpkeepPhase
{
    /// <summary>Nothing is left to do.</summary>
    Rest,

    /// <summary>Lists that hold dying nodes are chosen again.</summary>
    Mend,

    /// <summary>A dying entry point is replaced.</summary>
    ReplaceEntry,

    /// <summary>Nothing leads to the dying nodes: they are noted as gone.</summary>
    Bury,

    /// <summary>What is not reachable is linked again.</summary>
    Repair,
}
