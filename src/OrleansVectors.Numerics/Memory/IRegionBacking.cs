namespace OrleansVectors.Numerics.Memory;

/// <summary>A file that parts of a <see cref="NativeRegion"/> may lie in, at the same offsets as in the region.</summary>
/// <remarks>What it holds means nothing to anybody once the region is gone. Offsets and lengths are whole <see cref="NativeRegion.HugePageBytes"/>.</remarks>
public interface IRegionBacking : IDisposable
{
    /// <summary>Whether pages that are touched out of order should come alone, without their neighbours.</summary>
    bool IsReadAtRandom { get; }

    /// <summary>Sees to it that a part has room on the disk, so that no write to it can fail later; what is new is zero.</summary>
    /// <returns>False when there is none.</returns>
    bool TryAllocate(long offset, long bytes);

    /// <summary>Writes to a part that was allocated.</summary>
    /// <returns>False when the disk refuses.</returns>
    bool TryWrite(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Puts a shared mapping of a part that was allocated over existing addresses, in one step for those who look there.</summary>
    /// <returns>False when the system has no more mappings; what was there still is.</returns>
    bool TryMap(nint address, long offset, long bytes);

    /// <summary>Gives the room of a part back; it reads as zero.</summary>
    void Release(long offset, long bytes);
}
