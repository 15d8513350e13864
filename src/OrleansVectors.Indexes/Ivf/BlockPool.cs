using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// Gives blocks out and takes whole chains of them back. A chain that came back is used again only when every reader that
/// entered the gate before it was unlinked has left.
/// </summary>
/// <remarks>Which blocks are free is known by the first of each chain alone: the rest hang on it as they did in their list.</remarks>
internal sealed unsafe class BlockPool(NativeRegion region, int blockBytes, ReaderGate gate)
{
    private readonly Lock changing = new();
    private readonly Queue<(uint First, long Epoch)> free = new();
    private uint given;
    private uint taken = BlockLayout.None;

    /// <summary>One more than the largest block ever given out.</summary>
    public uint BlocksEnd => Volatile.Read(ref given);

    public byte* At(uint block) => region.Base + ((nuint)block * (nuint)blockBytes);

    /// <summary>A block for a list, empty, at the end of nothing.</summary>
    /// <exception cref="NativeMemoryException">The system refused memory.</exception>
    public uint Take(uint list)
    {
        uint block;
        lock (changing)
        {
            if (taken == BlockLayout.None && free.TryPeek(out var chain) && gate.HasQuiesced(chain.Epoch))
            {
                taken = free.Dequeue().First;
            }

            if (taken != BlockLayout.None)
            {
                block = taken;
                taken = BlockLayout.Next(At(block));
            }
            else
            {
                block = given;
                region.EnsureCommitted((block + 1L) * blockBytes);
                Volatile.Write(ref given, block + 1);
            }
        }

        var start = At(block);
        BlockLayout.Next(start) = BlockLayout.None;
        BlockLayout.List(start) = list;
        BlockLayout.Used(start) = 0;
        new Span<uint>(BlockLayout.Ordinals(start), BlockLayout.Entries).Fill(BlockLayout.None);
        return block;
    }

    /// <summary>Takes a chain back that no list leads to any more. Readers may still be on it, so it is left as it is.</summary>
    public void GiveBack(uint first)
    {
        lock (changing)
        {
            free.Enqueue((first, gate.Epoch));
        }
    }

    /// <summary>The first block of each free chain.</summary>
    public uint[] FreeChains()
    {
        lock (changing)
        {
            var chains = free.Select(chain => chain.First);
            return [.. taken == BlockLayout.None ? chains : chains.Prepend(taken)];
        }
    }

    /// <summary>Starts from what was stored; there are no readers from before.</summary>
    public void Restore(uint blocksEnd, ReadOnlySpan<uint> chains)
    {
        given = blocksEnd;
        taken = BlockLayout.None;
        free.Clear();
        foreach (var chain in chains)
        {
            free.Enqueue((chain, 0));
        }
    }

    public void MarkDirty(uint block) => region.MarkDirty((long)block * blockBytes, blockBytes);
}
