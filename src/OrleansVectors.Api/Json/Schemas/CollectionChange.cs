using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The body that changes a collection: what is given replaces, what is absent or null stays.</summary>
internal sealed class CollectionChange
{
    private readonly EchoedSettingsBuilder _echoed = new();
    private readonly List<VectorChange> _vectors = [];
    private HnswSettings? _hnsw;
    private QuantizationSettings? _quantization;
    private OptimizersConfig? _optimizers;
    private string? _metadata;

    private CollectionChange()
    {
    }

    /// <summary>Reads the body.</summary>
    public static CollectionChange Read(ReadOnlySpan<byte> body)
    {
        var change = new CollectionChange();
        var cursor = new JsonCursor(body);
        cursor.BeginObject();
        while (cursor.NextMember())
            change.ReadMember(ref cursor);
        cursor.EndDocument();
        return change;
    }

    /// <summary>The schema that results.</summary>
    /// <exception cref="InvalidInputException">A vector name the schema does not have.</exception>
    public CollectionSchema ApplyTo(CollectionSchema schema)
    {
        var settings = new Dictionary<string, string>(_echoed.Over(schema.EchoedSettings), StringComparer.Ordinal);
        if (_optimizers is not null)
        {
            OptimizersConfig present = settings.TryGetValue(SettingName.OptimizersConfig, out string? json)
                ? OptimizersConfig.FromJson(json)
                : new OptimizersConfig();
            settings[SettingName.OptimizersConfig] = _optimizers.Over(present).ToJson();
        }

        return schema with
        {
            Vectors = ApplyToVectors(schema.Vectors),
            Hnsw = _hnsw is null ? schema.Hnsw : HnswSettingsReader.Merge(schema.Hnsw, _hnsw),
            Quantization = _quantization ?? schema.Quantization,
            IndexingThresholdKb = _optimizers?.IndexingThresholdKb ?? schema.IndexingThresholdKb,
            EchoedSettings = settings,
            MetadataJson = _metadata is null ? schema.MetadataJson : Metadata.Merge(schema.MetadataJson, _metadata),
        };
    }

    private IReadOnlyDictionary<string, VectorSchema> ApplyToVectors(IReadOnlyDictionary<string, VectorSchema> present)
    {
        if (_vectors.Count == 0)
            return present;
        var vectors = new Dictionary<string, VectorSchema>(present, StringComparer.Ordinal);
        foreach (VectorChange change in _vectors)
        {
            if (!vectors.TryGetValue(change.Name, out VectorSchema? vector))
                throw InvalidInputException.UnknownVector(change.Name);
            vectors[change.Name] = change.ApplyTo(vector);
        }

        return vectors;
    }

    private void ReadMember(ref JsonCursor cursor)
    {
        if (cursor.NameIs("vectors"u8))
            ReadVectors(ref cursor);
        else if (cursor.NameIs("params"u8))
            ReadParams(ref cursor);
        else if (cursor.NameIs("hnsw_config"u8))
            ReadHnsw(ref cursor);
        else if (cursor.NameIs("optimizers_config"u8))
            _optimizers = cursor.IsNull ? null : OptimizersConfig.Read(ref cursor);
        else if (cursor.NameIs("metadata"u8))
            _metadata = Metadata.Read(ref cursor);
        else if (cursor.NameIs("strict_mode_config"u8))
            CreateCollectionReader.ReadStrictMode(ref cursor, _echoed);
        else if (cursor.NameIs("sparse_vectors"u8))
            UnsupportedSettings.ReadSparseVectors(ref cursor);
        else if (cursor.NameIs("quantization_config"u8))
            _quantization = QuantizationReader.Read(ref cursor);
        else
            throw cursor.UnknownMember();
    }

    private void ReadHnsw(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return;
        _hnsw = HnswSettingsReader.Read(ref cursor, out string? memory);
        _echoed.Word(SettingName.HnswMemory, memory);
    }

    private void ReadVectors(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return;
        cursor.BeginObject();
        while (cursor.NextMember())
            _vectors.Add(VectorChange.Read(ref cursor, cursor.Name, _echoed));
    }

    private void ReadParams(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("replication_factor"u8))
                _echoed.Number(SettingName.ReplicationFactor, cursor.GetInt32OrNull(1, int.MaxValue));
            else if (cursor.NameIs("write_consistency_factor"u8))
                _echoed.Number(SettingName.WriteConsistencyFactor, cursor.GetInt32OrNull(1, int.MaxValue));
            else if (cursor.NameIs("read_fan_out_factor"u8))
                _echoed.Number(SettingName.ReadFanOutFactor, cursor.GetInt32OrNull(0, int.MaxValue));
            else if (cursor.NameIs("read_fan_out_delay_ms"u8))
                _echoed.Number(SettingName.ReadFanOutDelayMs, cursor.GetInt32OrNull(0, int.MaxValue));
            else if (cursor.NameIs("on_disk_payload"u8))
                _echoed.Flag(SettingName.OnDiskPayload, cursor.GetBooleanOrNull());
            else if (cursor.NameIs("payload"u8))
                _echoed.Word(SettingName.PayloadMemory, CreateCollectionReader.ReadPayloadStorage(ref cursor));
            else
                throw cursor.UnknownMember();
        }
    }
}
