using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>
/// <c>optimizers_config</c>. Of these only <see cref="IndexingThreshold"/> changes what this version does; all are kept and
/// repeated.
/// </summary>
internal sealed record OptimizersConfig
{
    public double? DeletedThreshold { get; init; }

    public int? VacuumMinVectorNumber { get; init; }

    public int? DefaultSegmentNumber { get; init; }

    public int? MaxSegmentSize { get; init; }

    public int? MemmapThreshold { get; init; }

    /// <summary>Kilobytes of vectors from which a graph is built; 0 for never.</summary>
    public int? IndexingThreshold { get; init; }

    public int? FlushIntervalSec { get; init; }

    /// <summary>0 for <c>"auto"</c>.</summary>
    public int? MaxOptimizationThreads { get; init; }

    public bool? PreventUnoptimized { get; init; }

    /// <summary>What a schema's partitions go by: never is as late as can be.</summary>
    [JsonIgnore]
    public int? IndexingThresholdKb => IndexingThreshold == 0 ? int.MaxValue : IndexingThreshold;

    /// <summary>Reads the object; what is absent or null stays null.</summary>
    public static OptimizersConfig Read(ref JsonCursor cursor)
    {
        var config = new OptimizersConfig();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("deleted_threshold"u8))
                config = config with { DeletedThreshold = cursor.IsNull ? null : cursor.GetDouble(0, 1) };
            else if (cursor.NameIs("vacuum_min_vector_number"u8))
                config = config with { VacuumMinVectorNumber = cursor.GetInt32OrNull(100, int.MaxValue) };
            else if (cursor.NameIs("default_segment_number"u8))
                config = config with { DefaultSegmentNumber = cursor.GetInt32OrNull(0, int.MaxValue) };
            else if (cursor.NameIs("max_segment_size"u8))
                config = config with { MaxSegmentSize = cursor.GetInt32OrNull(1, int.MaxValue) };
            else if (cursor.NameIs("memmap_threshold"u8))
                config = config with { MemmapThreshold = cursor.GetInt32OrNull(0, int.MaxValue) };
            else if (cursor.NameIs("indexing_threshold"u8))
                config = config with { IndexingThreshold = cursor.GetInt32OrNull(0, int.MaxValue) };
            else if (cursor.NameIs("flush_interval_sec"u8))
                config = config with { FlushIntervalSec = cursor.GetInt32OrNull(0, int.MaxValue) };
            else if (cursor.NameIs("max_optimization_threads"u8))
                config = config with { MaxOptimizationThreads = ReadThreads(ref cursor) };
            else if (cursor.NameIs("prevent_unoptimized"u8))
                config = config with { PreventUnoptimized = cursor.GetBooleanOrNull() };
            else
                throw cursor.UnknownMember();
        }

        return config;
    }

    /// <summary>The stored object.</summary>
    public static OptimizersConfig FromJson(string json)
        => JsonSerializer.Deserialize(json, SchemaJsonContext.Default.OptimizersConfig)!;

    /// <summary>The object as it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SchemaJsonContext.Default.OptimizersConfig);

    /// <summary>What this gives, and for the rest what <paramref name="present"/> has.</summary>
    public OptimizersConfig Over(OptimizersConfig present) => new()
    {
        DeletedThreshold = DeletedThreshold ?? present.DeletedThreshold,
        VacuumMinVectorNumber = VacuumMinVectorNumber ?? present.VacuumMinVectorNumber,
        DefaultSegmentNumber = DefaultSegmentNumber ?? present.DefaultSegmentNumber,
        MaxSegmentSize = MaxSegmentSize ?? present.MaxSegmentSize,
        MemmapThreshold = MemmapThreshold ?? present.MemmapThreshold,
        IndexingThreshold = IndexingThreshold ?? present.IndexingThreshold,
        FlushIntervalSec = FlushIntervalSec ?? present.FlushIntervalSec,
        MaxOptimizationThreads = MaxOptimizationThreads ?? present.MaxOptimizationThreads,
        PreventUnoptimized = PreventUnoptimized ?? present.PreventUnoptimized,
    };

    private static int? ReadThreads(ref JsonCursor cursor)
    {
        if (cursor.Token != JsonTokenType.String)
            return cursor.GetInt32OrNull(0, int.MaxValue);
        cursor.GetOneOf("auto");
        return 0;
    }
}
