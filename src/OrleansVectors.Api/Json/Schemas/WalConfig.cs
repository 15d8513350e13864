using System.Text.Json;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary><c>wal_config</c>, kept and repeated; this version's log sizes itself.</summary>
internal sealed record WalConfig
{
    public int? WalCapacityMb { get; init; }

    public int? WalSegmentsAhead { get; init; }

    public int? WalRetainClosed { get; init; }

    /// <summary>Reads the object; what is absent or null stays null.</summary>
    public static WalConfig Read(ref JsonCursor cursor)
    {
        var config = new WalConfig();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("wal_capacity_mb"u8))
                config = config with { WalCapacityMb = cursor.GetInt32OrNull(1, int.MaxValue) };
            else if (cursor.NameIs("wal_segments_ahead"u8))
                config = config with { WalSegmentsAhead = cursor.GetInt32OrNull(0, int.MaxValue) };
            else if (cursor.NameIs("wal_retain_closed"u8))
                config = config with { WalRetainClosed = cursor.GetInt32OrNull(0, int.MaxValue) };
            else
                throw cursor.UnknownMember();
        }

        return config;
    }

    /// <summary>The stored object.</summary>
    public static WalConfig FromJson(string json)
        => JsonSerializer.Deserialize(json, SchemaJsonContext.Default.WalConfig)!;

    /// <summary>The object as it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SchemaJsonContext.Default.WalConfig);
}
