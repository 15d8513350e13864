namespace OrleansVectors.Indexes.Hnsw;

/// <summary>What upkeep is at. A removal goes through all of them.</summary>
internal enum UpkeepPhase
{
    /// <summary>Nothing is left to do.</summary>
    Rest,

    /// <summary>The highest live nodes are looked for: one of them takes a dying entry point's place.</summary>
    Survey,

    /// <summary>What is reachable through dying nodes only is linked from what is reachable without them.</summary>
    Bridge,

    /// <summary>A dying entry point is replaced.</summary>
    ReplaceEntry,

    /// <summary>Lists that hold dying nodes are chosen again.</summary>
    Mend,

    /// <summary>Nothing leads to the dying nodes: they are noted as gone.</summary>
    Bury,

    /// <summary>What is not reachable is linked again.</summary>
    Repair,
}
