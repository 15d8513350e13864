using OrleansVectors.Numerics.Memory;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>Vectors that lie in a scratch file.</summary>
/// <param name="file">The file.</param>
/// <param name="isReadAtRandom">Whether searches look at vectors one by one, led there by an index, rather than at all.</param>
internal sealed class ScratchBacking(ScratchFile file, bool isReadAtRandom) : IRegionBacking
{
    public bool IsReadAtRandom => isReadAtRandom;

    public bool TryAllocate(long offset, long bytes) => file.TryAllocate(offset, bytes);

    public bool TryWrite(long offset, ReadOnlySpan<byte> bytes) => file.TryWrite(offset, bytes);

    public bool TryMap(nint address, long offset, long bytes) => file.TryMap(address, offset, bytes);

    public void Release(long offset, long bytes) => file.Release(offset, bytes);

    public void Dispose() => file.Dispose();
}
