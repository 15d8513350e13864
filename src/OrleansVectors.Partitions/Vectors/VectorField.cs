using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Searching;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// One vector name of a partition: its vectors by point ordinal, which ordinals have one, and its index.
/// </summary>
/// <remarks>The applier writes vectors; indexing threads insert into the index; readers take no lock.</remarks>
internal sealed unsafe class VectorField : IDisposable
{
    /// <summary>An index is begun anew when it reached to more ordinals than this,</summary>
    private const int MostlyDeadMin = 1024;

    /// <summary>and less than one in this many is left.</summary>
    private const int MostlyDeadShare = 8;

    private readonly uint _pointsMax;
    private readonly string _folder;
    private readonly ReaderGate _gate;

    /// <summary>Codes that were taken unasked and turned out unfit, and how many vectors there were then.</summary>
    private readonly Dictionary<QuantizerKind, long> _unfit = [];

    /// <summary>Codes that did so again soon after they had been trained anew: it is not their age.</summary>
    private readonly HashSet<QuantizerKind> _refused = [];
    private VectorIndex? _index;
    private VectorIndex? _next;
    private long _insertions;
    private volatile bool _mayLack;

    public VectorField(VectorFieldSchema schema, uint pointsMax, ReaderGate gate, string folder)
    {
        _gate = gate;
        _folder = folder;
        Schema = schema;
        _pointsMax = pointsMax;
        Multi = schema.IsMultiVector ? new MultiRows(schema, pointsMax) : null;
        Rows = Multi?.Rows ?? new VectorRows($"vectors-{schema.Number}", schema.Dim, pointsMax);
        Floats = new FloatSpace(Rows, schema.Metric);
        Flat = new FlatScan(Floats);
        Presence = new NativeRegion($"presence-{schema.Number}", pointsMax);
        _index = NewIndex(schema);
        try
        {
            Place(schema);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public VectorFieldSchema Schema { get; private set; }

    /// <summary>The vectors by ordinal; of a multi-vector all rows, which <see cref="Multi"/> knows the ordinals of.</summary>
    public VectorRows Rows { get; }

    /// <summary>Which rows belong to which ordinal; null unless points have several.</summary>
    public MultiRows? Multi { get; }

    /// <summary>The vectors with their metric.</summary>
    public FloatSpace Floats { get; }

    /// <summary>What searches of this vector have cost lately.</summary>
    public SearchCosts Costs { get; } = new();

    /// <summary>What searches of this vector did.</summary>
    public SearchCounters Searches { get; } = new();

    /// <summary>Vectors that were put into an index, the same one into each of several.</summary>
    public long Insertions => Interlocked.Read(ref _insertions);

    /// <summary>Exact search over the vectors.</summary>
    public FlatScan Flat { get; }

    /// <summary>One byte for each ordinal: 1 when it has a vector.</summary>
    public NativeRegion Presence { get; }

    /// <summary>The index that searches use; null when the schema wants none. Readers take it once.</summary>
    public VectorIndex? Index => Volatile.Read(ref _index);

    /// <summary>The index that is being built to take the other's place; mostly null.</summary>
    public VectorIndex? Next => Volatile.Read(ref _next);

    /// <summary>
    /// Whether so little of what the index reaches to is left that building it again costs less, and becomes better, than
    /// taking the dead out.
    /// </summary>
    public bool IsMostlyDead
        => Index is { } index
            && Math.Max(index.Count, index.OrdinalsEnd) is var reach and > MostlyDeadMin
            && LiveVectors < reach / MostlyDeadShare;

    /// <summary>Live points that have a vector. Written by the applier.</summary>
    public long LiveVectors { get; set; }

    public long VectorBytes => LiveVectors * Schema.Dim * sizeof(float);

    /// <summary>
    /// Whether a point may have no vector. It stays true once it is: who takes a moment first and looks here then misses none.
    /// </summary>
    public bool MayLack
    {
        get => _mayLack;
        set => _mayLack = value;
    }

    public bool Has(uint ordinal) => Presence.Base[ordinal] != 0;

    /// <summary>Takes a moment, and says where a search of that moment has to look. The caller is inside the gate.</summary>
    /// <remarks>
    /// The order matters. How far the index reaches is taken before the moment: what indexing passed over until then
    /// because it was dead is dead at the moment too. The pending ordinals are taken after the moment, so everything
    /// visible is among them or in the index already. All of it belongs to one index, or is taken again.
    /// </remarks>
    public IndexView View(PartitionState state)
    {
        while (true)
        {
            VectorIndex? index = Index;
            bool isTrusted = index?.IsTrusted == true;
            uint indexedBelow = isTrusted ? index!.Cursor.IndexedBelow : 0;
            AppliedState moment = state.Applied;
            uint[] pending = isTrusted ? index!.Pending.ToArray(Math.Min(indexedBelow, moment.Rows)) : [];
            Interlocked.MemoryBarrier();
            if (Index == index)
            {
                return new IndexView(moment, isTrusted ? index : null, indexedBelow, pending);
            }
        }
    }

    /// <summary>Whether an index still knows an ordinal: see <see cref="VectorIndex.Knows"/>.</summary>
    public bool IsIndexed(uint ordinal) => Index?.Knows(ordinal) == true || Next?.Knows(ordinal) == true;

    /// <summary>Forgets a version that is cut off.</summary>
    public void Forget(uint ordinal)
    {
        Index?.Pending.Ordinals.Remove(ordinal);
        Next?.Pending.Ordinals.Remove(ordinal);
    }

    /// <summary>Notes that an index has taken a vector up, before indexing says that nothing waits for it.</summary>
    public void NoteInsertion() => Interlocked.Increment(ref _insertions);

    /// <summary>Gives up what a free ordinal held.</summary>
    public void Release(uint ordinal) => Multi?.Release(ordinal);

    /// <summary>Returns when no indexing thread goes by an earlier number of rows any more.</summary>
    public void WaitForTakers()
    {
        Index?.Cursor.WaitForTakers();
        Next?.Cursor.WaitForTakers();
    }

    /// <summary>Bytes of vectors that ordinals below <paramref name="rows"/> take; of a multi-vector those of all rows.</summary>
    public long UsedBytes(uint rows) => Multi?.UsedBytes ?? Rows.UsedBytes(rows);

    /// <summary>Gives back the memory behind the rows in use, if it is worth it. Rows of multi-vectors have their own ways.</summary>
    public void Shrink(uint rows, long worthBytes)
    {
        if (Multi is null && Rows.Region.CommittedBytes - Rows.UsedBytes(rows) > worthBytes)
        {
            Rows.Region.Shrink(Rows.UsedBytes(rows));
            Presence.Shrink(rows);
        }
    }

    /// <summary>Stores the vector of a new ordinal, or notes that it has none.</summary>
    public void Write(uint ordinal, ReadOnlySpan<float> vector)
    {
        Presence.EnsureCommitted(ordinal + 1L);
        bool present = !vector.IsEmpty;
        LiveVectors += present ? 1 : 0;
        MayLack |= !present;
        if (Multi is not null)
        {
            Multi.Write(ordinal, vector);
        }
        else
        {
            Rows.Region.EnsureCommitted(Rows.UsedBytes(ordinal + 1)); // scans may touch the row even if it has no vector
            if (present)
            {
                Rows.Write(ordinal, vector);
            }
        }

        Presence.Base[ordinal] = present ? (byte)1 : (byte)0;
        Presence.MarkDirty(ordinal, 1);
        NotePending(Index, ordinal, present);
        NotePending(Next, ordinal, present);
    }

    /// <summary>Notes for the first <paramref name="count"/> ordinals that they have no vector: a name added to points that are there.</summary>
    public void WriteAbsent(uint count)
    {
        if (count > 0)
        {
            MayLack = true;

            // Memory arrives zeroed: committing and marking is all there is to do.
            if (Multi is not null)
            {
                Multi.Reach(count);
            }
            else
            {
                Rows.Region.EnsureCommitted(Rows.UsedBytes(count));
            }

            Presence.EnsureCommitted(count);
            Presence.MarkDirty(0, count);
        }
    }

    /// <summary>Notes that the version of an ordinal has ended.</summary>
    public void End(uint ordinal)
    {
        if (!Has(ordinal))
        {
            return;
        }

        LiveVectors--;
        Multi?.End(ordinal);
        if (Index is { } index)
        {
            Interlocked.Increment(ref index.Dead);
        }

        if (Next is { } next)
        {
            Interlocked.Increment(ref next.Dead);
        }
    }

    /// <summary>The vector of an ordinal, the rows of a multi-vector one after the other, or an empty span.</summary>
    public ReadOnlySpan<float> Vector(uint ordinal)
        => !Has(ordinal) ? default
            : Multi is null ? Rows.Vector(ordinal)
            : Multi.Read(ordinal);

    /// <summary>
    /// Takes a changed schema of the same number, dimension and metric. An index that no longer fits goes on serving until
    /// the new one holds everything. No indexing may be going on.
    /// </summary>
    /// <returns>What must be freed when its readers have left.</returns>
    /// <exception cref="IOException">Vectors are to lie on disk, and the folder does not take a file; nothing has changed.</exception>
    public IEnumerable<IDisposable> Change(VectorFieldSchema schema)
    {
        bool isSame = Schema.HasSameIndexAs(schema);
        if (Schema.OnDisk != schema.OnDisk)
        {
            Place(schema);
        }

        Schema = schema;
        if (isSame)
        {
            return [];
        }

        return Index is { Count: > 0, IsTrusted: true } && schema.HasIndex
            ? Retired(ref _next, NewIndex(schema))
            : ReplaceIndex();
    }

    /// <summary>Begins a successor of an index that has outgrown what it learned. No indexing may be going on.</summary>
    public void BeginNext()
    {
        if (Index is { IsOutgrown: true } index && Next is null)
        {
            if (index.UnfitCodes is { } kind)
            {
                NoteUnfit(kind, index.Count);
            }

            Volatile.Write(ref _next, NewIndex(Schema));
        }
    }

    /// <summary>Begins an empty index; every vector has to be inserted again. No indexing may be going on.</summary>
    /// <returns>What must be freed when its readers have left.</returns>
    public IEnumerable<IDisposable> ReplaceIndex()
        => [.. Retired(ref _next, null), .. Retired(ref _index, NewIndex(Schema))];

    /// <summary>
    /// Lets the index that was being built take the other's place, if it holds everything below
    /// <paramref name="rows"/>. No indexing may be going on.
    /// </summary>
    /// <returns>What must be freed when its readers have left.</returns>
    public IEnumerable<IDisposable> PromoteNext(uint rows)
    {
        if (Next is not { } next || next.Cursor.IndexedBelow < rows)
        {
            return [];
        }

        Volatile.Write(ref _next, null);
        return Retired(ref _index, next);
    }

    public void Dispose()
    {
        _index?.Dispose();
        _next?.Dispose();
        Rows.Dispose();
        Multi?.Dispose();
        Presence.Dispose();
    }

    /// <summary>
    /// Vectors on disk lie in a file without a name that means nothing after a crash: log and checkpoints have them. What
    /// is in memory, or should be, follows in the background.
    /// </summary>
    private void Place(VectorFieldSchema schema)
    {
        if (!schema.OnDisk)
        {
            Rows.Region.UseMemory();
        }
        else if (ScratchFile.IsSupported)
        {
            ScratchFile file = ScratchFile.Create(Path.Combine(_folder, $"vectors-{schema.Number}.scratch"));
            Rows.Region.UseFile(new ScratchBacking(file, isReadAtRandom: schema.HasIndex));
        }
    }

    /// <summary>Vectors may have moved away from what was learned, or be too alike for the codes: the first is tried first.</summary>
    private void NoteUnfit(QuantizerKind kind, long vectors)
    {
        if (_unfit.TryGetValue(kind, out long before) && vectors < 2 * before)
        {
            _refused.Add(kind);
        }

        _unfit[kind] = vectors;
    }

    private static IEnumerable<IDisposable> Retired(ref VectorIndex? place, VectorIndex? successor)
    {
        VectorIndex? old = Interlocked.Exchange(ref place, successor);
        return old is null ? [] : [old];
    }

    private static void NotePending(VectorIndex? index, uint ordinal, bool present)
    {
        if (index is null)
        {
            return;
        }

        index.Pending.Ordinals.Reach(ordinal + 1L);
        if (present && index.Cursor.HasDealt(ordinal))
        {
            index.Pending.Ordinals.Add(ordinal);
        }
    }

    private VectorIndex? NewIndex(VectorFieldSchema schema) => schema.IndexKind switch
    {
        _ when !schema.HasIndex => null,
        VectorIndexKind.Flat => new CodeScanIndex(schema, Floats, _pointsMax),
        VectorIndexKind.Ivf => new InvertedIndex(schema, Floats, _pointsMax, _gate),
        _ when schema.M == 0 => new CodeScanIndex(schema, Floats, _pointsMax),
        _ => new GraphIndex(schema, Floats, _pointsMax, _refused.ToHashSet()),
    };
}
