using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// Ordinals below the indexing cursor whose vector is not in the index: written after the cursor had passed, because the
/// ordinal was used again, or left over by a slice that failed. Searches scan them; indexing threads take them in slices.
/// </summary>
/// <remarks>
/// An ordinal stays a member until its vector is in the index, or until its version is cut off: one that is merely dead
/// may still be visible to a reader of an earlier moment, who finds it nowhere else.
/// </remarks>
internal sealed class PendingOrdinals(string name, uint capacity) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<uint> _out = [];
    private uint _from;

    /// <summary>The members, those that are out in slices included.</summary>
    public OrdinalSet Ordinals { get; } = new(name, capacity);

    /// <summary>Takes a slice of members that are fit for indexing now and that no other thread has.</summary>
    /// <param name="end">Members from here on are left.</param>
    /// <param name="slice">Receives them; its length is the most that are taken.</param>
    /// <param name="isReady">Whether a member can be indexed now.</param>
    /// <returns>How many were taken; give each back with <see cref="Return"/>.</returns>
    public int Take(uint end, Span<uint> slice, Func<uint, bool> isReady)
    {
        if (Ordinals.Count == 0)
        {
            return 0;
        }

        lock (_lock)
        {
            uint started = _from;
            int taken = Collect(started, end, slice, isReady);
            return taken == slice.Length ? taken : taken + Collect(0, Math.Min(started, end), slice[taken..], isReady);
        }
    }

    /// <summary>Gives a taken ordinal back.</summary>
    /// <param name="ordinal">The ordinal.</param>
    /// <param name="isIndexed">Whether its vector is in the index now, or it has none.</param>
    public void Return(uint ordinal, bool isIndexed)
    {
        if (isIndexed)
        {
            Ordinals.Remove(ordinal);
        }

        lock (_lock)
        {
            _out.Remove(ordinal);
        }
    }

    /// <summary>The members below an end, ascending: what a search scans. Taken after the search's moment and before its walk.</summary>
    public uint[] ToArray(uint end)
    {
        if (Ordinals.Count == 0)
        {
            return [];
        }

        List<uint> members = new((int)Ordinals.Count);
        for (uint member = Ordinals.Next(0, end); member != OrdinalSet.None; member = Ordinals.Next(member + 1, end))
        {
            members.Add(member);
        }

        return [.. members];
    }

    public void Dispose() => Ordinals.Dispose();

    private int Collect(uint from, uint end, Span<uint> slice, Func<uint, bool> isReady)
    {
        int taken = 0;
        for (uint member = Ordinals.Next(from, end); member != OrdinalSet.None && taken < slice.Length; member = Ordinals.Next(member + 1, end))
        {
            _from = member + 1;
            if (!_out.Contains(member) && isReady(member))
            {
                _out.Add(member);
                slice[taken++] = member;
            }
        }

        return taken;
    }
}
