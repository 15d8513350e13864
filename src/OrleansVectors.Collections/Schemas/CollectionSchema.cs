namespace OrleansVectors.Collections.Schemas;

/// <summary>What a collection is: its vectors, its layout, its indexes. Immutable; a change makes a new version.</summary>
public sealed record CollectionSchema
{
    /// <summary>Vectors by name; the empty name is the unnamed vector. May be empty.</summary>
    public required IReadOnlyDictionary<string, VectorSchema> Vectors { get; init; }

    /// <summary>Number of partitions; fixed when the collection is created.</summary>
    public int PartitionCount { get; init; } = 1;

    /// <summary>Graph settings for vectors that do not bring their own.</summary>
    public HnswSettings Hnsw { get; init; } = new();

    /// <summary>Codes of vectors that do not bring their own; null leaves them to the index: a graph takes codes where they cost no recall.</summary>
    public QuantizationSettings? Quantization { get; init; }

    /// <summary>When background indexing starts, in kilobytes of vectors of one name in one partition.</summary>
    public int IndexingThresholdKb { get; init; } = CollectionDefaults.IndexingThresholdKb;

    /// <summary>Payload keys with a declared index, by path.</summary>
    public IReadOnlyDictionary<string, PayloadIndexSettings> PayloadIndexes { get; init; }
        = new Dictionary<string, PayloadIndexSettings>();

    /// <summary>
    /// Settings that existing clients send and read back and that do not change what this version does, as JSON object
    /// members by name (for example <c>optimizers_config</c>); kept so that an answer repeats what was asked for.
    /// </summary>
    public IReadOnlyDictionary<string, string> EchoedSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The caller's own notes on the collection, a JSON object; null when there are none.</summary>
    public string? MetadataJson { get; init; }
}
