using System.Numerics;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>Looks into lists, behind one virtual call: below it everything is compiled for the kind of code and the filter.</summary>
internal abstract unsafe class ListScan
{
    /// <summary>Shows a reservoir what the lists hold that the filter admits.</summary>
    /// <param name="lists">The lists.</param>
    /// <param name="query">The query as it was given, padded; rotated where the codes are.</param>
    /// <param name="probes">Which lists, in the low halves.</param>
    /// <param name="probeCount">How many.</param>
    /// <param name="centroidDistances">The distance to every list's centroid.</param>
    /// <param name="filter">What may be found.</param>
    /// <param name="stopsWhenFull">Whether to end after the list in which the k-th candidate is found.</param>
    /// <param name="found">Receives the candidates.</param>
    /// <param name="scratch">Memory.</param>
    /// <param name="scored">Counts the entries scored.</param>
    /// <param name="cancellation">Looked at before each list.</param>
    /// <returns>How many lists were looked into.</returns>
    public abstract int Run<TFilter>(
        InvertedLists lists, float* query, ulong* probes, int probeCount, float* centroidDistances, TFilter filter, bool stopsWhenFull,
        ref Reservoir found, IvfScratch scratch, ref int scored, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    /// <summary>The scan of lists that hold no codes: by the rows.</summary>
    public readonly struct OfRows(VectorSpace space) : IScorerConsumer<ListScan>
    {
        public ListScan Use<TScorer>()
            where TScorer : struct, IScorer<TScorer> =>
            new RowListScan<TScorer>(space);
    }
}

/// <summary>Scores entries by their rows, refused ones not at all.</summary>
internal sealed unsafe class RowListScan<TScorer>(VectorSpace space) : ListScan
    where TScorer : struct, IScorer<TScorer>
{
    public override int Run<TFilter>(
        InvertedLists lists, float* query, ulong* probes, int probeCount, float* centroidDistances, TFilter filter, bool stopsWhenFull,
        ref Reservoir found, IvfScratch scratch, ref int scored, CancellationToken cancellation)
    {
        var scorer = TScorer.ForQuery(space, query, scratch.Context(space.ContextBytes));
        var batch = scratch.Batch;
        var waiting = 0;
        for (var p = 0; p < probeCount; p++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var number = lists.First((uint)probes[p]); number != BlockLayout.None;)
            {
                var block = lists.Pool.At(number);
                number = Volatile.Read(ref BlockLayout.Next(block));
                var ordinals = BlockLayout.Ordinals(block);
                for (var present = BlockDistances.Present(ordinals); present != 0; present &= present - 1)
                {
                    var ordinal = Volatile.Read(ref ordinals[BitOperations.TrailingZeroCount(present)]);
                    if (ordinal != BlockLayout.None && (typeof(TFilter) == typeof(AdmitAll) || filter.Admits(ordinal)))
                    {
                        batch[waiting++] = ordinal;
                    }
                }

                if (waiting > IvfScratch.BatchMax - BlockLayout.Entries)
                {
                    scored += waiting;
                    Score(scorer, batch, waiting, scratch.Distances, ref found);
                    waiting = 0;
                }
            }

            if (stopsWhenFull && found.Count + waiting >= found.K)
            {
                probeCount = p + 1;
            }
        }

        scored += waiting;
        Score(scorer, batch, waiting, scratch.Distances, ref found);
        return probeCount;
    }

    private static void Score(TScorer scorer, uint* batch, int count, float* distances, ref Reservoir found)
    {
        scorer.ScoreMany(batch, count, distances);
        for (var i = 0; i < count; i++)
        {
            if (distances[i] <= found.Threshold)
            {
                found.Push(distances[i], batch[i]);
            }
        }
    }
}

/// <summary>Scores entries by their codes, a block at a time.</summary>
/// <remarks>
/// Scoring a block costs about as much as asking the filter a few times, so the filter is asked about what is near enough
/// only; unless so little passes it that most blocks hold nothing admitted: then it is asked first.
/// </remarks>
internal sealed unsafe class CodeListScan<TScorer>(ListCodes codes) : ListScan
    where TScorer : struct, IBlockScorer<TScorer>
{
    /// <summary>Entries that the filter is asked about before it is judged.</summary>
    private const int JudgedEntries = 512;

    /// <summary>A filter that admits less than one in so many is asked first.</summary>
    private const int SelectiveShare = 32;

    private const int LineBytes = 64;
    private const int LinesAhead = 12;

    public override int Run<TFilter>(
        InvertedLists lists, float* query, ulong* probes, int probeCount, float* centroidDistances, TFilter filter, bool stopsWhenFull,
        ref Reservoir found, IvfScratch scratch, ref int scored, CancellationToken cancellation)
    {
        var scorer = TScorer.ForQuery(codes, query, scratch.Context(codes.ContextBytes));
        var pool = lists.Pool;
        var distances = scratch.Distances;
        int asked = 0, admitted = 0;
        var next = probeCount == 0 ? BlockLayout.None : lists.First((uint)probes[0]);
        for (var p = 0; p < probeCount; p++)
        {
            cancellation.ThrowIfCancellationRequested();
            var centroidDistance = centroidDistances[(uint)probes[p]];
            var number = next;
            next = p + 1 < probeCount ? lists.First((uint)probes[p + 1]) : BlockLayout.None;
            while (number != BlockLayout.None)
            {
                var block = pool.At(number);
                number = Volatile.Read(ref BlockLayout.Next(block));
                Fetch(pool, number != BlockLayout.None ? number : next);
                var ordinals = BlockLayout.Ordinals(block);
                var open = BlockDistances.Present(ordinals);
                // What comes before this was there before the codes were read: an ordinal is stored after its code.
                Volatile.ReadBarrier();
                if (typeof(TFilter) != typeof(AdmitAll) && (asked < JudgedEntries || admitted * SelectiveShare < asked))
                {
                    asked += BitOperations.PopCount(open);
                    open = Admitted(ordinals, open, filter);
                    admitted += BitOperations.PopCount(open);
                }

                if (open == 0)
                {
                    continue;
                }

                scored += BitOperations.PopCount(open);
                scorer.Score(block, centroidDistance, distances);
                for (open &= BlockDistances.AtMost(distances, found.Threshold); open != 0; open &= open - 1)
                {
                    var slot = BitOperations.TrailingZeroCount(open);
                    var ordinal = Volatile.Read(ref ordinals[slot]);
                    if (ordinal != BlockLayout.None && (typeof(TFilter) == typeof(AdmitAll) || filter.Admits(ordinal)))
                    {
                        found.Push(distances[slot], ordinal);
                    }
                }
            }

            if (stopsWhenFull && found.HoldsEnough)
            {
                return p + 1;
            }
        }

        return probeCount;
    }

    private static uint Admitted<TFilter>(uint* ordinals, uint present, TFilter filter)
        where TFilter : struct, IOrdinalFilter
    {
        var admitted = 0u;
        for (; present != 0; present &= present - 1)
        {
            var slot = BitOperations.TrailingZeroCount(present);
            var ordinal = Volatile.Read(ref ordinals[slot]);
            admitted |= ordinal != BlockLayout.None && filter.Admits(ordinal) ? 1u << slot : 0;
        }

        return admitted;
    }

    private static void Fetch(BlockPool pool, uint number)
    {
        if (number != BlockLayout.None && System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            // A prefetch never faults, so a short block's last lines may lie beyond it.
            var block = pool.At(number);
            for (var line = 0; line < LinesAhead; line++)
            {
                System.Runtime.Intrinsics.X86.Sse.Prefetch0(block + (line * LineBytes));
            }
        }
    }
}
