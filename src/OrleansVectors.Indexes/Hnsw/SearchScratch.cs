using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// The memory that one walk needs at a time: the aligned query, the pools, the batch that is scored next, the visited
/// marks. Shared by all graphs of the process, so that many small graphs do not each hold their own.
/// </summary>
/// <remarks>Rented by one thread at a time. Nothing is allocated once it has grown to what the searches ask for.</remarks>
internal sealed unsafe class SearchScratch : IDisposable
{
    /// <summary>The most points that are scored in one go: what one list leads to, or some and another whole list.</summary>
    public const int BatchMax = (4 * HnswOptions.MMax) + SortedPool.Padding;

    /// <summary>Dying nodes that are looked through for the heirs of one node, at most; more than one list holds.</summary>
    public const int DyingMax = 1024;

    /// <summary>Rented scratches that are kept; more are freed when they come back.</summary>
    private const int KeptMax = 64;

    /// <summary>A pool that a search made larger than this is not kept: a few searches for very many would hold it for good.</summary>
    private const int KeptPoolKeysMax = 16 << 10;

    private const int FirstPoolKeys = 256;

    private static readonly SearchScratch?[] Kept = new SearchScratch?[KeptMax];

    private readonly AlignedBuffer<uint> batch = new(BatchMax);
    private readonly AlignedBuffer<float> distances = new(BatchMax);
    private readonly AlignedBuffer<uint> chosen = new(BatchMax);
    private readonly AlignedBuffer<float> chosenDistances = new(BatchMax);
    private readonly AlignedBuffer<uint> refused = new(BatchMax);
    private readonly AlignedBuffer<uint> dying = new(DyingMax);
    private readonly AlignedBuffer<long> pruned = new(BatchMax + SortedPool.Padding);
    private AlignedBuffer<float> query = new(1024);
    private AlignedBuffer<long> pool = new(FirstPoolKeys);
    private AlignedBuffer<long> results = new(FirstPoolKeys);
    private AlignedBuffer<long> candidates = new(FirstPoolKeys);
    private AlignedBuffer<byte> context = new(0);
    private AlignedBuffer<byte> choosingContext = new(0);
    private VisitedMarks visited = new(1);

    private SearchScratch()
    {
    }

    /// <summary>Ordinals to be scored, and their distances.</summary>
    public uint* Batch => batch.Start;

    /// <summary>The distances of <see cref="Batch"/>.</summary>
    public float* Distances => distances.Start;

    /// <summary>The neighbours chosen for a node.</summary>
    public uint* Chosen => chosen.Start;

    /// <summary>Distances between neighbours, while choosing.</summary>
    public float* ChosenDistances => chosenDistances.Start;

    /// <summary>Neighbours that a filter refuses.</summary>
    public uint* Refused => refused.Start;

    /// <summary>Dying nodes that a removal looks through.</summary>
    public uint* Dying => dying.Start;

    /// <summary>The links of a full list, sorted for choosing again.</summary>
    public long* Pruned => pruned.Start;

    /// <summary>The memory of the walk's scorer.</summary>
    public byte* Context => context.Start;

    /// <summary>The memory of the scorers that choose neighbours, for the walk's is needed afterwards.</summary>
    public byte* ChoosingContext => choosingContext.Start;

    public VisitedMarks Visited => visited;

    /// <summary>Lends a scratch for a graph of <paramref name="capacity"/> ordinals whose scorers need <paramref name="contextBytes"/>.</summary>
    public static SearchScratch Rent(uint capacity, int contextBytes)
    {
        var first = Thread.GetCurrentProcessorId();
        SearchScratch? scratch = null;
        for (var i = 0; i < KeptMax && scratch is null; i++)
        {
            ref var slot = ref Kept[(uint)(first + i) % KeptMax];
            if (slot is not null)
            {
                scratch = Interlocked.Exchange(ref slot, null);
            }
        }

        scratch ??= new SearchScratch();
        if (scratch.visited.Capacity < capacity)
        {
            scratch.visited.Dispose();
            scratch.visited = new VisitedMarks(capacity);
        }

        Grow(ref scratch.context, contextBytes);
        Grow(ref scratch.choosingContext, contextBytes);

        return scratch;
    }

    /// <summary>Gives a scratch back.</summary>
    public static void Return(SearchScratch scratch)
    {
        scratch.Shrink();
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < KeptMax; i++)
        {
            ref var slot = ref Kept[(uint)(first + i) % KeptMax];
            if (slot is null && Interlocked.CompareExchange(ref slot, scratch, null) is null)
            {
                return;
            }
        }

        scratch.Dispose();
    }

    /// <summary>Frees what is not rented.</summary>
    public static void Trim()
    {
        foreach (ref var slot in Kept.AsSpan())
        {
            Interlocked.Exchange(ref slot, null)?.Dispose();
        }
    }

    /// <summary>An aligned, zero-padded copy of a query.</summary>
    public float* CopyQuery(ReadOnlySpan<float> source, int paddedLength)
    {
        Grow(ref query, paddedLength);
        var copy = query.Span[..paddedLength];
        source.CopyTo(copy);
        copy[source.Length..].Clear();
        return query.Start;
    }

    /// <summary>An empty pool for a walk.</summary>
    public long* ClearPool(int capacity) => Cleared(ref pool, capacity);

    /// <summary>An empty pool for the results of a filtered walk.</summary>
    public long* ClearResults(int capacity) => Cleared(ref results, capacity);

    /// <summary>An empty pool for candidates that are collected from several places.</summary>
    public long* ClearCandidates(int capacity) => Cleared(ref candidates, capacity);

    public void Dispose()
    {
        batch.Dispose();
        distances.Dispose();
        chosen.Dispose();
        chosenDistances.Dispose();
        refused.Dispose();
        dying.Dispose();
        pruned.Dispose();
        query.Dispose();
        pool.Dispose();
        results.Dispose();
        candidates.Dispose();
        context.Dispose();
        choosingContext.Dispose();
        visited.Dispose();
    }

    private void Shrink()
    {
        Shrink(ref pool);
        Shrink(ref results);
        Shrink(ref candidates);
    }

    private static void Shrink(ref AlignedBuffer<long> buffer)
    {
        if (buffer.Length > KeptPoolKeysMax)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<long>(FirstPoolKeys);
        }
    }

    private static long* Cleared(ref AlignedBuffer<long> buffer, int capacity)
    {
        Grow(ref buffer, capacity + SortedPool.Padding);
        SortedPool.Clear(buffer.Start, capacity);
        return buffer.Start;
    }

    private static void Grow<T>(ref AlignedBuffer<T> buffer, int length)
        where T : unmanaged
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<T>(Math.Max(length, buffer.Length * 2));
        }
    }
}
