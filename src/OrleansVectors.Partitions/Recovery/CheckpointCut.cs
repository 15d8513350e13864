using System.Buffers;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Recovery;

/// <summary>
/// A partition as of one operation, held for a checkpoint: which chunks are new since the last one, and copies of those
/// that may change while it is written.
/// </summary>
internal sealed unsafe class CheckpointCut : IDisposable
{
    private readonly Dictionary<(string Region, int Chunk), byte[]> _copies = [];

    public required ulong Sequence { get; init; }

    public required LogTime Time { get; init; }

    public required LogTime Taken { get; init; }

    public required Dictionary<string, ReadOnlyMemory<byte>> States { get; init; }

    /// <summary>What indexes had taken up.</summary>
    public required List<(VectorIndex Index, long Insertions)> Insertions { get; init; }

    public required List<RegionPart> Parts { get; init; }

    /// <summary>For each part the chunks to write.</summary>
    public Dictionary<string, HashSet<int>> Dirty { get; } = [];

    /// <summary>Takes a part's marks, and copies what may change.</summary>
    public void Take(RegionPart part)
    {
        Invariant.Holds(part.UsedBytes <= part.Region.CommittedBytes, $"all bytes in use of {part.Name} are committed");
        List<int> marked = [];
        part.Region.CollectDirty(marked);
        Dirty[part.Name] = [.. marked];
        if (part.Copying != RegionCopying.AtCut)
        {
            return;
        }

        foreach (int chunk in marked)
        {
            int length = LengthOf(part, chunk);
            if (length > 0)
            {
                byte[] copy = ArrayPool<byte>.Shared.Rent(NativeRegion.ChunkBytes);
                Live(part, chunk, length).CopyTo(copy);
                _copies[(part.Name, chunk)] = copy;
            }
        }
    }

    /// <summary>The chunk's bytes as of the cut.</summary>
    public ReadOnlySpan<byte> Bytes(RegionPart part, int chunk)
    {
        int length = LengthOf(part, chunk);
        return _copies.TryGetValue((part.Name, chunk), out byte[]? copy) ? copy.AsSpan(0, length) : Live(part, chunk, length);
    }

    /// <summary>Marks everything again that was taken: the checkpoint came to nothing.</summary>
    public void GiveBack()
    {
        foreach (RegionPart part in Parts)
        {
            if (!Dirty.TryGetValue(part.Name, out HashSet<int>? chunks))
            {
                continue;
            }

            foreach (int chunk in chunks)
            {
                part.Region.MarkDirty((long)chunk * NativeRegion.ChunkBytes, 1);
            }
        }
    }

    public void Dispose()
    {
        foreach (byte[] copy in _copies.Values)
        {
            ArrayPool<byte>.Shared.Return(copy);
        }

        _copies.Clear();
    }

    public static int LengthOf(RegionPart part, int chunk)
        => (int)Math.Clamp(part.UsedBytes - ((long)chunk * NativeRegion.ChunkBytes), 0, NativeRegion.ChunkBytes);

    private static ReadOnlySpan<byte> Live(RegionPart part, int chunk, int length)
        => new(part.Region.Base + ((long)chunk * NativeRegion.ChunkBytes), length);
}
