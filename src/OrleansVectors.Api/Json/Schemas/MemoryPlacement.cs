namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The word for where data are asked to live. Kept and repeated; this version decides by itself.</summary>
internal static class MemoryPlacement
{
    /// <summary>The word, or null.</summary>
    public static string? Read(ref JsonCursor cursor) => cursor.GetOneOfOrNull("cold", "cached", "pinned");
}
