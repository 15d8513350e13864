using System.Runtime.CompilerServices;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// A navigable graph over vectors by ordinal (HNSW), mutable in place: insertion by several threads at once, searches
/// without locks meanwhile, removal by consolidation. This class owns the memory and is the way in; the work is done by
/// <see cref="HnswSearcher{TScorer}"/>, <see cref="HnswInserter{TScorer}"/>, <see cref="HnswRemover{TScorer}"/> and
/// <see cref="ReachabilityRepair{TScorer}"/>.
/// </summary>
/// <remarks>
/// The protocol:
/// <list type="number">
/// <item>A list of links is an array of aligned 32-bit ordinals ended by <see cref="NoLink"/>. A list is only ever
/// changed by single stores, each leaving a valid ordinal or the end, under the byte lock of its node.</item>
/// <item>A node is reachable only after its vector, its header and its own lists on all levels are complete: links to it
/// are stored afterwards (release), lowest level first.</item>
/// <item>Readers take no lock. While a list is being rewritten a reader may meet a link twice or miss one.</item>
/// <item>An insertion holds <see cref="Mutations"/> shared. Marking nodes as dying holds it exclusively, for
/// microseconds: afterwards no insertion knows a dying node as a candidate, so no new link leads to one.</item>
/// <item>After a removal no live node links to a removed one, but readers that began before may still stand on
/// it: its lists stay as they are until its ordinal is inserted again, which the caller may do once all searches and
/// insertions that began before have ended (both run inside its <see cref="Concurrency.ReaderGate"/>).</item>
/// <item>The level of an ordinal is a hash of seed and ordinal, so the room for its upper links stays its own for good
/// and is used again when the ordinal is.</item>
/// </list>
/// Everything per node lies in <see cref="NativeRegion"/>s, independent of their addresses; every store is followed by
/// its dirty mark. A graph is opened from stored regions without touching its nodes.
/// </remarks>
public sealed unsafe class HnswGraph : IDisposable
{
    /// <summary>The end of a list of links.</summary>
    internal const uint NoLink = uint.MaxValue;

    internal const int LevelMax = 24;

    /// <summary>Steps of upkeep between which other callers get their turn.</summary>
    private const int StepsAtOnce = 1 << 16;

    private const int LowestAlignment = 128;
    private const int UpperAlignment = 64;
    private const int UpperBlocksSlack = 4096;

    private readonly NativeRegion lowest;
    private readonly NativeRegion headers;
    private readonly NativeRegion upper;
    private readonly NativeRegion locks;
    private readonly nuint lowestStrideBytes;
    private readonly nuint upperBlockBytes;
    private readonly double levelFactor;
    private volatile GraphOperations operations;
    private long entry = EntryPoint.None.Pack();
    private long ordinalsEnd;
    private long liveNodes;
    private long upperBlocksUsed;

    /// <summary>Makes an empty graph; memory comes as nodes are inserted.</summary>
    /// <param name="space">The vectors. They stay the caller's and must outlive the graph.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="capacity">The most ordinals, at most those of <paramref name="space"/> and 2^31.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is 0 or too large.</exception>
    public HnswGraph(VectorSpace space, HnswOptions options, uint capacity)
    {
        ArgumentOutOfRangeException.ThrowIfZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Math.Min(space.Capacity, PackedKey.OrdinalsMax));
        Options = options;
        Capacity = capacity;
        levelFactor = 1 / Math.Log(options.M);
        lowestStrideBytes = RoundUp(options.LinksMax(0) * sizeof(uint), LowestAlignment);
        upperBlockBytes = RoundUp(options.M * sizeof(uint), UpperAlignment);

        // A node needs 1 / (m - 1) blocks on average; twice that and some slack is never reached, and addresses cost nothing.
        var upperBlocks = (2L * capacity / (options.M - 1)) + UpperBlocksSlack;
        lowest = new NativeRegion("hnsw lowest links", (long)lowestStrideBytes * capacity);
        headers = new NativeRegion("hnsw headers", sizeof(NodeHeader) * (long)capacity);
        upper = new NativeRegion("hnsw upper links", (long)upperBlockBytes * upperBlocks);
        locks = new NativeRegion("hnsw locks", capacity);
        Headers = (NodeHeader*)headers.Base;
        // Last, for the operations look at what is set above.
        operations = GraphOperations.For(this, space);
    }

    /// <summary>The vectors that it walks on now.</summary>
    public VectorSpace Space => operations.Space;

    /// <summary>How it is built.</summary>
    public HnswOptions Options { get; }

    /// <summary>The most ordinals.</summary>
    public uint Capacity { get; }

    /// <summary>Nodes that are in the graph and not being removed.</summary>
    public long Count => Interlocked.Read(ref liveNodes);

    /// <summary>One more than the largest ordinal ever inserted.</summary>
    public uint OrdinalsEnd => (uint)Interlocked.Read(ref ordinalsEnd);

    /// <summary>What a checkpoint stores, besides <see cref="SaveState"/>: always the same parts in the same order.</summary>
    public IReadOnlyList<PersistedRegion> Regions =>
    [
        new("lowest", lowest, (long)lowestStrideBytes * OrdinalsEnd),
        new("headers", headers, (long)sizeof(NodeHeader) * OrdinalsEnd),
        new("upper", upper, (long)upperBlockBytes * Interlocked.Read(ref upperBlocksUsed)),
    ];

    /// <summary>What is left of removal and repair.</summary>
    internal GraphUpkeep Upkeep { get; } = new();

    internal NodeHeader* Headers { get; }

    /// <summary>Shared by insertions; exclusive for marking nodes as dying and for replacing a dying entry point.</summary>
    internal ReaderWriterLockSlim Mutations { get; } = new();

    /// <summary>Held to raise or replace the entry point, and for the whole insertion of a node that will be the new one.</summary>
    internal Lock EntryLock { get; } = new();

    internal EntryPoint Entry
    {
        get => EntryPoint.Unpack(Interlocked.Read(ref entry));
        set => Interlocked.Exchange(ref entry, value.Pack());
    }

    internal LowestLists Lowest => new(lowest.Base, lowestStrideBytes, Options.LinksMax(0));

    /// <summary>Whether the ordinal is a node that is not being removed.</summary>
    public bool Contains(uint ordinal) => ordinal < OrdinalsEnd && Volatile.Read(ref Headers[ordinal].State) == NodeState.Live;

    /// <summary>Whether links may lead to the ordinal: it is a node, or is still being removed.</summary>
    public bool Holds(uint ordinal) => ordinal < OrdinalsEnd && StateOf(ordinal) != NodeState.Absent;

    /// <summary>Adds a node. Any number of threads may insert different ordinals at once. Its vector must have been written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is not below <see cref="Capacity"/>.</exception>
    /// <exception cref="InvalidOperationException">The ordinal is a node already.</exception>
    public void Insert(uint ordinal) => operations.Insert(ordinal);

    /// <summary>Finds the nearest nodes, approximately. Takes no lock and allocates nothing.</summary>
    /// <param name="query">The components; normalised by the caller for cosine.</param>
    /// <param name="k">How many to return, at most the length of <paramref name="results"/>.</param>
    /// <param name="ef">How many candidates to keep while walking; raised to <paramref name="k"/>.</param>
    /// <param name="filter">Which nodes may be returned.</param>
    /// <param name="results">Receives the nearest, nearest first, ties by ordinal.</param>
    /// <param name="stats">What it cost.</param>
    /// <param name="plan">How to walk with a filter, from where, and what it may cost; <see cref="FilteredWalk"/> says which walk fits when.</param>
    /// <param name="cancellation">Looked at every few hundred nodes.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has not the dimension of the vectors, or the results have no room for k.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Search<TFilter>(
        ReadOnlySpan<float> query,
        int k,
        int ef,
        TFilter filter,
        Span<Candidate> results,
        out SearchStats stats,
        WalkPlan plan = default,
        CancellationToken cancellation = default)
        where TFilter : struct, IOrdinalFilter =>
        operations.Search(query, k, ef, filter, results, out stats, plan, cancellation);

    /// <summary>
    /// Begins to take nodes out: no new link leads to them. <see cref="Tend"/> does the rest, a pass over all links, so
    /// collect many before calling this. While an earlier removal is unfinished its pass begins again.
    /// </summary>
    /// <param name="dead">Nodes that no search may return any more; those that are not in the graph are skipped.</param>
    public void Condemn(ReadOnlySpan<uint> dead)
    {
        lock (Upkeep.Turn)
        {
            Mutations.EnterWriteLock();
            try
            {
                var isAny = false;
                foreach (var ordinal in dead)
                {
                    // A restored graph may hold nodes that a removal cut short had condemned.
                    isAny |= Holds(ordinal);
                    if (Contains(ordinal))
                    {
                        CondemnNode(ordinal);
                    }
                }

                if (isAny)
                {
                    Upkeep.BeginRemoval(OrdinalsEnd);
                }
            }
            finally
            {
                Mutations.ExitWriteLock();
            }
        }
    }

    /// <summary>Asks for the repair of <see cref="RepairReachability"/>; <see cref="Tend"/> does it. A removal ends with one by itself.</summary>
    public void RequestRepair()
    {
        lock (Upkeep.Turn)
        {
            if (Upkeep.Phase is UpkeepPhase.Rest or UpkeepPhase.Repair)
            {
                Upkeep.Enter(UpkeepPhase.Repair, OrdinalsEnd);
            }
        }
    }

    /// <summary>
    /// Does a slice of the removal and repair that are left: whoever points to a dying node takes over its neighbours;
    /// then what is not reachable is linked again. Searches and insertions go on meanwhile; the order of slices matters to
    /// nobody else, and between two of them the graph may be saved and restored, or move to another space.
    /// </summary>
    /// <param name="steps">How much to do, in about the cost of a distance: 10,000 take some milliseconds.</param>
    /// <param name="cancellation">Looked at between nodes. What is left is left to the next slice.</param>
    /// <returns>
    /// Whether anything is left. When nothing is, nothing links to what was condemned, and those ordinals may be inserted
    /// again once every reader that entered before has left.
    /// </returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool Tend(int steps, CancellationToken cancellation = default) => operations.Tend(steps, cancellation);

    /// <summary>As <see cref="Condemn"/>, and <see cref="Tend"/> until nothing is left.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; <see cref="Tend"/> or the next removal completes it.</exception>
    public void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation = default)
    {
        Condemn(dead);
        TendAll(cancellation);
    }

    /// <summary>
    /// Makes every node reachable from the entry point on each of its levels. Pruning can leave a node without a link to
    /// it; call this after a bulk load (a removal does it by itself). Completes a removal that is unfinished.
    /// </summary>
    /// <remarks>Exact when nothing is inserted meanwhile; otherwise what is inserted meanwhile is seen by the next call.</remarks>
    /// <returns>How many nodes had to be linked again.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; <see cref="Tend"/> goes on.</exception>
    public int RepairReachability(CancellationToken cancellation = default)
    {
        RequestRepair();
        TendAll(cancellation);
        return Upkeep.Repaired;
    }

    /// <summary>Completes a removal or repair that was interrupted; where none was, as <see cref="RepairReachability"/>.</summary>
    /// <remarks>So who is interrupted again and again comes to an end; what was inserted meanwhile is left to the next call.</remarks>
    /// <exception cref="OperationCanceledException">It was cancelled; the next call goes on.</exception>
    public void ContinueRepair(CancellationToken cancellation = default)
    {
        lock (Upkeep.Turn)
        {
            if (Upkeep.Phase == UpkeepPhase.Rest)
            {
                RequestRepair();
            }
        }

        TendAll(cancellation);
    }

    /// <summary>
    /// Lets it walk on other representations of the same vectors, such as codes; the links stay. Call it when nothing
    /// inserts, removes or repairs. Searches that run go on in the space they began in: free that when they have ended.
    /// </summary>
    /// <param name="space">Holds every ordinal that is in the graph. It stays the caller's.</param>
    /// <exception cref="ArgumentException">Its dimension or metric differs, or it has no room for the graph's capacity.</exception>
    public void MoveTo(VectorSpace space)
    {
        if (space.Dim != Space.Dim || space.Metric != Space.Metric)
        {
            throw new ArgumentException(
                $"holds vectors of {space.Dim} components by {space.Metric}, the graph's have {Space.Dim} by {Space.Metric}", nameof(space));
        }

        if (space.Capacity < Capacity)
        {
            throw new ArgumentException($"holds {space.Capacity} ordinals, the graph {Capacity}", nameof(space));
        }

        operations = GraphOperations.For(this, space);
    }

    /// <summary>What <see cref="RestoreState"/> needs besides the regions. Call it when nothing inserts or removes.</summary>
    public byte[] SaveState() =>
        new HnswState(Space.Metric, Options.M, Options.EfConstruction, Options.Seed, Entry, OrdinalsEnd, Count, upperBlocksUsed, Space.Dim).ToBytes();

    /// <summary>
    /// Opens a stored graph: the contents of <see cref="Regions"/> have been put in their places, their rows too. Does
    /// not look at the nodes, so it costs the same for any size.
    /// </summary>
    /// <exception cref="IndexStateException">The state is not one, or of a graph with other options.</exception>
    public void RestoreState(ReadOnlySpan<byte> state)
    {
        var stored = HnswState.FromBytes(state);
        IndexStateException.ThrowUnless(stored.Metric == Space.Metric, "graph", "metric", (long)stored.Metric, (long)Space.Metric);
        IndexStateException.ThrowUnless(stored.M == Options.M, "graph", "m", stored.M, Options.M);
        IndexStateException.ThrowUnless(stored.Seed == Options.Seed, "graph", "seed", (long)stored.Seed, (long)Options.Seed);
        IndexStateException.ThrowUnless(stored.Dim == Space.Dim, "graph", "dimension", stored.Dim, Space.Dim);
        IndexStateException.ThrowUnless(stored.OrdinalsEnd <= Capacity, "graph", "ordinals end", stored.OrdinalsEnd, Capacity);
        IndexStateException.ThrowUnless(stored.Entry.IsNone || stored.Entry.Ordinal < stored.OrdinalsEnd, "graph", "entry ordinal", stored.Entry.Ordinal, stored.OrdinalsEnd);
        ordinalsEnd = stored.OrdinalsEnd;
        liveNodes = stored.LiveNodes;
        upperBlocksUsed = stored.UpperBlocksUsed;
        foreach (var part in Regions)
        {
            part.Region.EnsureCommitted(part.UsedBytes);
        }

        locks.EnsureCommitted(stored.OrdinalsEnd);
        Entry = stored.Entry;
    }

    public void Dispose()
    {
        lowest.Dispose();
        headers.Dispose();
        upper.Dispose();
        locks.Dispose();
        Mutations.Dispose();
        Upkeep.Dispose();
    }

    internal UpperLists Upper(int level) => new(Headers, upper.Base, upperBlockBytes, level, Options.M);

    /// <summary>The list of a node on any level, for code off the hot paths.</summary>
    internal uint* List(uint ordinal, int level) => level == 0 ? Lowest.Of(ordinal) : Upper(level).Of(ordinal);

    /// <summary>Links in a list; what concurrent writers do is seen or not.</summary>
    internal static int LinkCount(uint* list, int max)
    {
        var count = 0;
        while (count < max && Volatile.Read(ref list[count]) != NoLink)
        {
            count++;
        }

        return count;
    }

    /// <summary>Stores one link of a node whose lock is held, and its dirty mark.</summary>
    internal void StoreLink(uint ordinal, int level, int slot, uint link)
    {
        var list = List(ordinal, level);
        Volatile.Write(ref list[slot], link);
        MarkList(ordinal, level);
    }

    /// <summary>Stores a whole list of a node whose lock is held or that is not reachable yet, and its dirty mark.</summary>
    internal void StoreLinks(uint ordinal, int level, uint* links, int count)
    {
        var list = List(ordinal, level);
        for (var i = 0; i < count; i++)
        {
            Volatile.Write(ref list[i], links[i]);
        }

        for (var i = count; i < Options.LinksMax(level); i++)
        {
            Volatile.Write(ref list[i], NoLink);
        }

        MarkList(ordinal, level);
    }

    /// <summary>Makes room for an ordinal and empties its lists. It is not reachable yet.</summary>
    /// <returns>The level it is to be on.</returns>
    internal int Prepare(uint ordinal)
    {
        lowest.EnsureCommitted((long)lowestStrideBytes * (ordinal + 1L));
        headers.EnsureCommitted(sizeof(NodeHeader) * (ordinal + 1L));
        locks.EnsureCommitted(ordinal + 1L);
        ref var header = ref Headers[ordinal];
        if (header.State != NodeState.Absent)
        {
            throw new InvalidOperationException($"ordinal {ordinal} is in the graph already");
        }

        var level = LevelOf(ordinal);
        header.Level = (byte)level;
        if (level > 0 && header.HasUpperBlock == 0)
        {
            var end = Interlocked.Add(ref upperBlocksUsed, level);
            upper.EnsureCommitted((long)upperBlockBytes * end);
            header.UpperBlock = (uint)(end - level);
            header.HasUpperBlock = 1;
        }

        for (var l = 0; l <= level; l++)
        {
            StoreLinks(ordinal, l, null, 0);
        }

        return level;
    }

    /// <summary>Makes a node of an ordinal whose own lists are complete.</summary>
    internal void Publish(uint ordinal)
    {
        SetState(ordinal, NodeState.Live);
        Interlocked.Increment(ref liveNodes);
        var end = Interlocked.Read(ref ordinalsEnd);
        while (end <= ordinal)
        {
            end = Interlocked.CompareExchange(ref ordinalsEnd, ordinal + 1L, end) == end ? ordinal + 1L : Interlocked.Read(ref ordinalsEnd);
        }
    }

    /// <summary>Notes that a live node is to go.</summary>
    private void CondemnNode(uint ordinal)
    {
        SetState(ordinal, NodeState.Dying);
        Interlocked.Decrement(ref liveNodes);
    }

    /// <summary>Notes that nothing links to a condemned node any more.</summary>
    internal void Bury(uint ordinal) => SetState(ordinal, NodeState.Absent);

    internal byte StateOf(uint ordinal) => Volatile.Read(ref Headers[ordinal].State);

    /// <summary>Takes the byte lock of a node. Held for microseconds, by writers of its lists only.</summary>
    internal void LockNode(uint ordinal)
    {
        ref var held = ref locks.Base[ordinal];
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref held, 1, 0) != 0)
        {
            wait.SpinOnce();
        }
    }

    internal void UnlockNode(uint ordinal) => Volatile.Write(ref locks.Base[ordinal], 0);

    /// <summary>The level of an ordinal: geometrically distributed, the same for the same seed always.</summary>
    internal int LevelOf(uint ordinal)
    {
        // SplitMix64 (Steele, Lea, Flood 2014); 53 of its bits as a number in (0, 1].
        var hash = Options.Seed + ((ordinal + 1UL) * 0x9E37_79B9_7F4A_7C15);
        hash = (hash ^ (hash >> 30)) * 0xBF58_476D_1CE4_E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D0_49BB_1331_11EB;
        hash ^= hash >> 31;
        var uniform = ((hash >> 11) + 1) * (1.0 / (1UL << 53));
        return Math.Min((int)(-Math.Log(uniform) * levelFactor), LevelMax);
    }

    private void TendAll(CancellationToken cancellation)
    {
        while (Tend(StepsAtOnce, cancellation))
        {
        }
    }

    private static nuint RoundUp(int bytes, int alignment) => (nuint)((bytes + alignment - 1) / alignment * alignment);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MarkList(uint ordinal, int level)
    {
        if (level == 0)
        {
            lowest.MarkDirty((long)(ordinal * lowestStrideBytes), (long)lowestStrideBytes);
        }
        else
        {
            upper.MarkDirty((long)((Headers[ordinal].UpperBlock + (nuint)level - 1) * upperBlockBytes), (long)upperBlockBytes);
        }
    }

    private void SetState(uint ordinal, byte state)
    {
        Volatile.Write(ref Headers[ordinal].State, state);
        headers.MarkDirty(sizeof(NodeHeader) * (long)ordinal, sizeof(NodeHeader));
    }
}
