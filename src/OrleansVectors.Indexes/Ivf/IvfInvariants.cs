namespace OrleansVectors.Indexes.Ivf;

/// <summary>What must hold of an inverted file that nothing is changing; for tests and audits.</summary>
public static unsafe class IvfInvariants
{
    /// <summary>Checks an index against the ordinals that should be in it.</summary>
    /// <param name="index">The index; nothing inserts or removes meanwhile.</param>
    /// <param name="liveOrdinals">Every ordinal that should be in a list.</param>
    /// <returns>What is violated, one sentence each; empty when all is well.</returns>
    public static IReadOnlyList<string> Check(IvfIndex index, IReadOnlyCollection<uint> liveOrdinals)
    {
        var violations = new List<string>();
        var live = new HashSet<uint>(liveOrdinals);
        var lists = index.Inverted;
        if (index.Count != live.Count)
        {
            violations.Add($"the index counts {index.Count} vectors, {live.Count} should live");
        }

        var seen = new HashSet<uint>();
        var blocks = new HashSet<uint>();
        var scratch = IvfScratch.Rent();
        try
        {
            for (uint list = 0; list < index.Lists; list++)
            {
                CheckList(index, list, live, seen, blocks, scratch, violations);
            }
        }
        finally
        {
            IvfScratch.Return(scratch);
        }

        foreach (var ordinal in live)
        {
            if (!seen.Contains(ordinal))
            {
                violations.Add($"ordinal {ordinal} should be in a list");
            }
        }

        for (uint ordinal = 0; ordinal < index.OrdinalsEnd; ordinal++)
        {
            if (index.Contains(ordinal) && !live.Contains(ordinal))
            {
                violations.Add($"ordinal {ordinal} has a place but should not");
            }
        }

        foreach (var first in lists.Pool.FreeChains())
        {
            CheckChain(lists, first, "a free chain", blocks, violations);
        }

        if (blocks.Count != lists.Pool.BlocksEnd)
        {
            violations.Add($"{blocks.Count} blocks are in lists or free, {lists.Pool.BlocksEnd} were given out");
        }

        return violations;
    }

    private static void CheckList(
        IvfIndex index, uint list, HashSet<uint> live, HashSet<uint> seen, HashSet<uint> blocks, IvfScratch scratch, List<string> violations)
    {
        var lists = index.Inverted;
        var head = lists.Heads[list];
        uint entries = 0, dead = 0;
        var last = BlockLayout.None;
        foreach (var block in CheckChain(lists, head.First, $"list {list}", blocks, violations))
        {
            last = block;
            var start = lists.Pool.At(block);
            if (BlockLayout.List(start) != list)
            {
                violations.Add($"block {block} of list {list} says it is of list {BlockLayout.List(start)}");
            }

            for (var slot = 0; slot < BlockLayout.Entries; slot++)
            {
                var ordinal = BlockLayout.Ordinals(start)[slot];
                if (ordinal == BlockLayout.None)
                {
                    dead += slot < (int)BlockLayout.Used(start) ? 1u : 0;
                    continue;
                }

                entries++;
                if (slot >= (int)BlockLayout.Used(start))
                {
                    violations.Add($"block {block} slot {slot} has ordinal {ordinal} behind the end at {BlockLayout.Used(start)}");
                }

                if (!live.Contains(ordinal))
                {
                    violations.Add($"ordinal {ordinal} is in list {list} but should not be");
                }
                else if (!seen.Add(ordinal))
                {
                    violations.Add($"ordinal {ordinal} is in list {list} and in a list before");
                }
                else if (!lists.Contains(ordinal) || lists.Find(ordinal) != (list, block, slot))
                {
                    violations.Add($"ordinal {ordinal} is in block {block} slot {slot}, its location says otherwise");
                }
                else
                {
                    CheckCode(index, ordinal, list, start, slot, scratch, violations);
                }
            }
        }

        if (head.Last != last || head.Live != entries || head.Dead != dead)
        {
            violations.Add($"list {list} ends at {last} with {entries} live and {dead} dead, its head says {head.Last}, {head.Live} and {head.Dead}");
        }
    }

    private static List<uint> CheckChain(InvertedLists lists, uint first, string what, HashSet<uint> blocks, List<string> violations)
    {
        var chain = new List<uint>();
        for (var block = first; block != BlockLayout.None; block = BlockLayout.Next(lists.Pool.At(block)))
        {
            if (block >= lists.Pool.BlocksEnd)
            {
                violations.Add($"{what} leads to block {block}, only {lists.Pool.BlocksEnd} were given out");
                break;
            }

            if (!blocks.Add(block))
            {
                violations.Add($"{what} leads to block {block}, which belongs elsewhere too");
                break;
            }

            chain.Add(block);
        }

        return chain;
    }

    private static void CheckCode(IvfIndex index, uint ordinal, uint list, byte* block, int slot, IvfScratch scratch, List<string> violations)
    {
        if (index.Codes is not { } codes)
        {
            return;
        }

        var (offset, factor) = index.Encode(index.Prepared(ordinal, scratch), list, scratch);
        var stored = stackalloc byte[codes.Columns];
        codes.Get(BlockLayout.Codes(block), slot, stored);
        if (!new ReadOnlySpan<byte>(stored, codes.Columns).SequenceEqual(new ReadOnlySpan<byte>(scratch.Columns(codes.Columns), codes.Columns))
            || !offset.Equals(BlockLayout.Offsets(block)[slot])
            || !factor.Equals(BlockLayout.Factors(block)[slot]))
        {
            violations.Add($"the code of ordinal {ordinal} in list {list} is not its vector's");
        }
    }
}
