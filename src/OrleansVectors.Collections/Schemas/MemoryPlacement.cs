namespace OrleansVectors.Collections.Schemas;

/// <summary>Where data are asked to live. Vectors know two ways: <see cref="Pinned"/>, or in pages of a file that the system keeps as it has room.</summary>
public enum MemoryPlacement : byte
{
    /// <summary>On disk, read when needed.</summary>
    Cold,

    /// <summary>In RAM as long as there is room.</summary>
    Cached,

    /// <summary>In RAM always.</summary>
    Pinned,
}
