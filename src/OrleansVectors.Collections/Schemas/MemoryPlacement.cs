namespace OrleansVectors.Collections.Schemas;

/// <summary>Where data are asked to live.</summary>
public enum MemoryPlacement : byte
{
    /// <summary>On disk, read when needed.</summary>
    Cold,

    /// <summary>In RAM as long as there is room.</summary>
    Cached,

    /// <summary>In RAM always.</summary>
    Pinned,
}
