using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The word for where data are asked to live.</summary>
internal static class MemoryPlacementJson
{
    /// <summary>The word, or null.</summary>
    public static string? Read(ref JsonCursor cursor) => cursor.GetOneOfOrNull("cold", "cached", "pinned");

    /// <summary>What the word means, or null.</summary>
    public static MemoryPlacement? ReadPlacement(ref JsonCursor cursor) => Read(ref cursor) switch
    {
        null => null,
        "cold" => MemoryPlacement.Cold,
        "cached" => MemoryPlacement.Cached,
        _ => MemoryPlacement.Pinned,
    };

    /// <summary>The word for a placement.</summary>
    public static string NameOf(MemoryPlacement placement) => placement switch
    {
        MemoryPlacement.Cold => "cold",
        MemoryPlacement.Cached => "cached",
        _ => "pinned",
    };
}
