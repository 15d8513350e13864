namespace OrleansVectors.Collections.Schemas;

/// <summary>Settings of a graph; a null takes the next wider setting (vector name, collection, default).</summary>
/// <param name="M">Links per node above level 0; level 0 has twice as many. 0 means no graph: every search scans.</param>
/// <param name="EfConstruct">Candidates kept while inserting, at least 4.</param>
/// <param name="FullScanThresholdKb">Below this many kilobytes of vectors an exact scan is preferred to the graph, at least 10.</param>
/// <param name="MaxIndexingThreads">Threads that insert into the graph; 0 chooses.</param>
/// <param name="OnDisk">Repeated in answers.</param>
/// <param name="PayloadM">Repeated in answers.</param>
/// <param name="InlineStorage">Repeated in answers.</param>
public sealed record HnswSettings(
    int? M = null,
    int? EfConstruct = null,
    int? FullScanThresholdKb = null,
    int? MaxIndexingThreads = null,
    bool? OnDisk = null,
    int? PayloadM = null,
    bool? InlineStorage = null);
