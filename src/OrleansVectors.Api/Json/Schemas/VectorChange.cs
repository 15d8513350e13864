using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The change of one vector name: what is given replaces, what is absent or null stays.</summary>
internal sealed class VectorChange
{
    private HnswSettings? _hnsw;
    private QuantizationSettings? _quantization;
    private bool? _onDisk;
    private MemoryPlacement? _memory;
    private VectorIndexKind? _index;
    private IvfSettings? _ivf;

    private VectorChange(string name) => Name = name;

    /// <summary>The vector's name.</summary>
    public string Name { get; }

    /// <summary>Reads the object under the name.</summary>
    public static VectorChange Read(ref JsonCursor cursor, string name, EchoedSettingsBuilder echoed)
    {
        var change = new VectorChange(name);
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("hnsw_config"u8))
                change._hnsw = VectorSchemaReader.ReadHnsw(ref cursor, name, echoed);
            else if (cursor.NameIs("quantization_config"u8))
                change._quantization = QuantizationReader.Read(ref cursor);
            else if (cursor.NameIs("on_disk"u8))
                change._onDisk = cursor.GetBooleanOrNull();
            else if (cursor.NameIs("memory"u8))
                change._memory = MemoryPlacementJson.ReadPlacement(ref cursor);
            else if (cursor.NameIs("index"u8))
                change._index = VectorIndexJson.ReadKind(ref cursor);
            else if (cursor.NameIs("ivf_config"u8))
                change._ivf = VectorIndexJson.ReadIvf(ref cursor);
            else
                throw cursor.UnknownMember();
        }

        return change;
    }

    /// <summary>The vector that results.</summary>
    public VectorSchema ApplyTo(VectorSchema vector) => vector with
    {
        Hnsw = _hnsw is null ? vector.Hnsw : HnswSettingsReader.Merge(vector.Hnsw ?? new HnswSettings(), _hnsw),
        Quantization = _quantization ?? vector.Quantization,
        OnDisk = _onDisk ?? vector.OnDisk,
        Memory = _memory ?? vector.Memory,
        Index = _index ?? vector.Index,
        Ivf = VectorIndexJson.Merge(vector.Ivf, _ivf),
    };
}
