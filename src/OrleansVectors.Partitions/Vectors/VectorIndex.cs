using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// What finds the vectors of one field that are near a query without looking at all of them, and how far it has come in
/// taking them up. It is a cache of the vectors: a damaged or outdated one is built again.
/// </summary>
/// <remarks>
/// Indexing threads insert, several at once; one at a time removes and tends; searches take no lock. What is stored of it
/// is read while indexing is paused.
/// </remarks>
internal abstract class VectorIndex : IDisposable
{
    /// <summary>Vectors in the index whose point version has ended. Counted by the applier, settled by removal.</summary>
    public long Dead;

    /// <summary>Insertions since the index was last tended.</summary>
    public long InsertedSinceTended;

    /// <summary>Ordinals that indexing has passed since the process began, those without a vector included.</summary>
    public long Insertions;

    /// <summary>As many of them as there were when a checkpoint was taken last, or was tried in vain.</summary>
    public long InsertionsAtCheckpoint;

    private volatile bool _isTrusted = true;
    private volatile bool _isRemovalUnfinished;

    /// <param name="number">The field's number.</param>
    /// <param name="ordinalsMax">Ordinals there can be.</param>
    protected VectorIndex(ushort number, uint ordinalsMax) => Pending = new PendingOrdinals($"pending-{number}", ordinalsMax);

    /// <summary>How far indexing has come.</summary>
    public IndexingCursor Cursor { get; } = new();

    /// <summary>What indexing has to come back for, below the cursor.</summary>
    public PendingOrdinals Pending { get; }

    /// <summary>Whether tending after insertions was interrupted: the next time goes on with it.</summary>
    public bool IsTendingUnfinished { get; set; }

    /// <summary>Whether a removal of dead vectors was interrupted, in this process or before: the next one has to complete it.</summary>
    public bool IsRemovalUnfinished
    {
        get => _isRemovalUnfinished;
        set => _isRemovalUnfinished = value;
    }

    /// <summary>Ordinals that its memory reaches to: what was taken out at the end is not given back.</summary>
    public virtual uint OrdinalsEnd => (uint)Count;

    /// <summary>False while an index that was put back from files has not been checked: nothing may follow its links yet.</summary>
    public bool IsTrusted => _isTrusted;

    /// <summary>Vectors in it, the dead that were not removed yet included.</summary>
    public abstract long Count { get; }

    /// <summary>What a search that asks for nothing else uses of it.</summary>
    public abstract ServingIndex Serving { get; }

    /// <summary>Bytes that it has in use.</summary>
    public abstract IndexBytes Bytes { get; }

    /// <summary>Whether one that learns from the present vectors would be noticeably better.</summary>
    public virtual bool IsOutgrown => false;

    /// <summary>Whether it works on codes that nobody asked for and that were not measured on all vectors yet, or did not pass.</summary>
    /// <param name="target">The share of the nearest that is to be found.</param>
    public virtual bool IsUnproven(float target) => false;

    /// <summary>Whether a successor has been asked for.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>The kind of the codes that have turned out unfit for the vectors; null when they are not.</summary>
    public virtual QuantizerKind? UnfitCodes => null;

    /// <summary>Whether it should be measured again what searches have to look at to find their share.</summary>
    /// <param name="target">The share of the nearest that is to be found.</param>
    public virtual bool IsCalibrationDue(float target) => false;

    /// <summary>The regions a checkpoint stores, under names that are this field's own. Call it while indexing is paused.</summary>
    public abstract IReadOnlyList<RegionPart> Parts { get; }

    /// <summary>The small states a checkpoint stores, by name. Call it while indexing is paused.</summary>
    public abstract IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States { get; }

    /// <summary>Says that the index was put back from files and is to be checked.</summary>
    public void Distrust() => _isTrusted = false;

    /// <summary>Says that the index's files are sound.</summary>
    public void Trust() => _isTrusted = true;

    /// <summary>Whether it may take vectors up; otherwise <see cref="Prepare"/> comes first.</summary>
    public abstract bool IsPrepared { get; }

    /// <summary>Learns what it must know of the vectors before it takes the first. One thread.</summary>
    /// <param name="sample">Ordinals of live vectors, spread over all of them.</param>
    /// <param name="vectors">How many live vectors there are.</param>
    /// <param name="cancellation">Looked at every few tenths of a second; another call goes on or begins anew.</param>
    public abstract void Prepare(ReadOnlySpan<uint> sample, long vectors, CancellationToken cancellation);

    public abstract bool Contains(uint ordinal);

    /// <summary>
    /// Whether it still knows an ordinal, be it on the way out: then the ordinal must keep its vector. Asked about versions
    /// that no reader can see and no indexing thread can take any more.
    /// </summary>
    public virtual bool Knows(uint ordinal) => Contains(ordinal);

    /// <summary>Takes up a vector that has been written. Any number of threads.</summary>
    public abstract void Insert(uint ordinal);

    /// <summary>Takes vectors out that no search may return any more. One thread at a time.</summary>
    public abstract void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation);

    /// <summary>Looks after the index's quality after many insertions. One thread at a time.</summary>
    public abstract void Tend(CancellationToken cancellation);

    /// <summary>Measures, a little further, what searches have to look at. One thread at a time, inside the gate.</summary>
    /// <param name="target">The share of the nearest that is to be found.</param>
    /// <param name="cancellation">Looked at every few hundred rows; what was measured before is kept.</param>
    public virtual void Calibrate(float target, CancellationToken cancellation)
    {
    }

    /// <summary>The nearest vectors it finds, nearest first; by exact distance unless the query refuses rescoring.</summary>
    public abstract int Search<TFilter>(
        in IndexQuery query, TFilter filter, Span<Candidate> results, out IndexSearchStats stats, CancellationToken cancellation)
        where TFilter : struct, IOrdinalFilter;

    /// <summary>The codes by ordinal of all that it holds, where a scan for this query may look at them first; null where it looks at vectors.</summary>
    public virtual FieldCodes? ScanCodes(in IndexQuery query) => null;

    /// <summary>Takes the small states back; the regions are put in place afterwards.</summary>
    /// <returns>False when there are none, or of an index built under other settings: then it stays empty.</returns>
    public abstract bool TryRestore(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states);

    public virtual void Dispose() => Pending.Dispose();
}
