namespace OrleansVectors.Partitions.Vectors;

/// <summary>Runs of rows that belong to nobody: the lowest of those that fit best is given out, what is left of it stays.</summary>
/// <remarks>Four bytes and a little for each run. Neighbours are brought together when <see cref="Coalesce"/> is called, not before.</remarks>
internal sealed class FreeRuns
{
    /// <summary>Sizes among which the lowest run is looked for.</summary>
    private const int SizesLookedAt = 64;

    private readonly SortedSet<uint> _sizes = [];
    private readonly Dictionary<uint, PriorityQueue<uint, uint>> _runs = [];

    /// <summary>Rows in all runs.</summary>
    public long Rows { get; private set; }

    public void Add(uint first, uint count)
    {
        if (!_runs.TryGetValue(count, out PriorityQueue<uint, uint>? sameSize))
        {
            _runs[count] = sameSize = new PriorityQueue<uint, uint>();
        }

        if (sameSize.Count == 0)
        {
            _sizes.Add(count);
        }

        sameSize.Enqueue(first, first);
        Rows += count;
    }

    /// <summary>Takes so many rows; false when no run has as many.</summary>
    public bool TryTake(uint count, out uint first)
    {
        uint size = 0;
        first = uint.MaxValue;
        foreach (uint candidate in _sizes.GetViewBetween(count, uint.MaxValue).Take(SizesLookedAt))
        {
            uint lowest = _runs[candidate].Peek();
            (size, first) = lowest < first ? (candidate, lowest) : (size, first);
        }

        if (size == 0)
        {
            return false;
        }

        _runs[size].Dequeue();
        Rows -= size;
        if (_runs[size].Count == 0)
        {
            _sizes.Remove(size);
            _runs.Remove(size);
        }

        if (size > count)
        {
            Add(first + count, size - count);
        }

        return true;
    }

    /// <summary>Makes one run of neighbours, and gives up those that reach to the end.</summary>
    /// <param name="end">One more than the last row in use or free.</param>
    /// <param name="runs">Receives the runs that are left, in order.</param>
    /// <returns>One more than the last row in use.</returns>
    public uint Coalesce(uint end, List<(uint First, uint Count)> runs)
    {
        List<(uint First, uint Count)> all = [];
        foreach ((uint count, PriorityQueue<uint, uint> sameSize) in _runs)
        {
            all.AddRange(sameSize.UnorderedItems.Select(run => (run.Element, count)));
        }

        all.Sort();
        foreach ((uint first, uint count) in all)
        {
            if (runs.Count > 0 && runs[^1].First + runs[^1].Count == first)
            {
                runs[^1] = (runs[^1].First, runs[^1].Count + count);
            }
            else
            {
                runs.Add((first, count));
            }
        }

        if (runs.Count > 0 && runs[^1].First + runs[^1].Count == end)
        {
            end = runs[^1].First;
            runs.RemoveAt(runs.Count - 1);
        }

        _runs.Clear();
        _sizes.Clear();
        Rows = 0;
        foreach ((uint first, uint count) in runs)
        {
            Add(first, count);
        }

        return end;
    }
}
