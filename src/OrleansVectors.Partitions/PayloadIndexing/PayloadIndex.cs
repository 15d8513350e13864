using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Filters.Evaluation;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>
/// Which live points have which values under one path. The applier alone changes it; readers inside the gate take no lock
/// and correct what they read by <see cref="RecentChanges"/>.
/// </summary>
/// <remarks>
/// It holds the newest version of each live point with an ordinal below <see cref="Covered"/>; it may be used once it is
/// complete. Beside the values of its type it keeps which points have several of them, which have other values, and which
/// have anything at all, so that negations and mixed fields are answered too.
/// </remarks>
internal abstract class PayloadIndex : IDisposable
{
    private readonly PostingLists _lists;
    private ulong _valued;
    private ulong _several;
    private ulong _others;
    private ulong _filled;
    private volatile bool _isComplete;
    private volatile bool _isBroken;

    protected PayloadIndex(PayloadIndexSchema schema, ReaderGate gate)
    {
        Schema = schema;
        Heap = new PostingHeap($"payload index {schema.Number}", gate);
        _lists = new PostingLists(Heap);
    }

    public PayloadIndexSchema Schema { get; }

    /// <summary>Points below this ordinal are in it. The applier's.</summary>
    public uint Covered { get; set; }

    /// <summary>Whether readers may use it.</summary>
    public bool IsComplete
    {
        get => _isComplete && !_isBroken;
        set => _isComplete = value;
    }

    /// <summary>True when there was no memory for it: it is not kept any more.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Bytes of native memory.</summary>
    public long CommittedBytes => Heap.CommittedBytes;

    protected PostingHeap Heap { get; }

    /// <summary>Points that have a value of the index's type.</summary>
    protected ulong Valued => Volatile.Read(ref _valued);

    /// <summary>Points that have several.</summary>
    protected ulong Several => Volatile.Read(ref _several);

    /// <summary>Points that have a value of another type, null not counted.</summary>
    protected ulong Others => Volatile.Read(ref _others);

    /// <summary>Makes an index.</summary>
    /// <exception cref="Numerics.Memory.NativeMemoryException">There are no addresses for it.</exception>
    public static PayloadIndex Create(PayloadIndexSchema schema, ReaderGate gate)
        => schema.Type switch
        {
            PayloadIndexType.Keyword or PayloadIndexType.Uuid => new KeyIndex(schema, gate),
            PayloadIndexType.Integer or PayloadIndexType.Float or PayloadIndexType.Bool or PayloadIndexType.DateTime => new NumberIndex(schema, gate),
            PayloadIndexType.Geo => new GeoIndex(schema, gate),
            _ => throw new ArgumentOutOfRangeException(nameof(schema), schema.Type, "not a type that is indexed"),
        };

    /// <summary>Takes up a point.</summary>
    public void Add(uint ordinal, ReadOnlySpan<byte> payload) => Change(ordinal, payload, adds: true);

    /// <summary>Takes a point out; its payload must be the one that was taken up.</summary>
    public void Remove(uint ordinal, ReadOnlySpan<byte> payload) => Change(ordinal, payload, adds: false);

    /// <summary>Gives up: it is not used and not kept from now on.</summary>
    public void Break() => _isBroken = true;

    /// <summary>What the index knows about a condition on its path; null when that is nothing.</summary>
    public IndexedCondition? Bind(Condition condition)
        => condition switch
        {
            IsEmptyCondition => new EmptyCondition(this, wantsEmpty: true),
            FieldIsEmptyCondition empty when !Schema.Path.HasEvery => new EmptyCondition(this, empty.Expected),
            _ => BindValues(condition),
        };

    /// <summary>Shows each value and its points. Only what <see cref="Counting.FacetCounter"/> counts has values to show.</summary>
    /// <returns>False when the type has none.</returns>
    public virtual bool VisitFacets(IFacetVisitor visitor) => false;

    /// <summary>Gives out the points that have a value of another type.</summary>
    public void CollectOthers(OrdinalBits target) => Collect(Others, target);

    public void Dispose() => Heap.Dispose();

    protected abstract IndexedCondition? BindValues(Condition condition);

    /// <summary>Adds one value of a point to the index, or takes it out.</summary>
    /// <returns>Whether that changed anything (it does not the second time); null when the value is not of the index's type.</returns>
    protected abstract bool? Change(PayloadView value, uint ordinal, bool adds);

    private protected static void Collect(ulong head, OrdinalBits target)
    {
        OrdinalBits.Sink sink = target.AsSink();
        PostingLists.Visit(head, ref sink);
    }

    private void Change(uint ordinal, ReadOnlySpan<byte> payload, bool adds)
    {
        if (payload.IsEmpty)
        {
            return;
        }

        Changer changer = new(this, ordinal, adds);
        Schema.Path.Visit(PayloadView.OfDocument(payload), ref changer);
        Note(ref _valued, ordinal, adds, changer.Values > 0);
        Note(ref _several, ordinal, adds, changer.Values > 1);
        Note(ref _others, ordinal, adds, changer.HasOthers);
        Note(ref _filled, ordinal, adds, changer.IsFilled);
    }

    private void Note(ref ulong head, uint ordinal, bool adds, bool holds)
    {
        if (!holds)
        {
            return;
        }

        if (adds)
        {
            _lists.Add(ref head, ordinal);
        }
        else
        {
            _lists.Remove(ref head, ordinal);
        }
    }

    /// <summary>The path leads to no content, or to some.</summary>
    private sealed class EmptyCondition(PayloadIndex index, bool wantsEmpty) : IndexedCondition
    {
        public override bool IsNegation => wantsEmpty;

        public override long Estimate => PostingLists.Count(Volatile.Read(ref index._filled));

        public override void Collect(OrdinalBits sure, OrdinalBits perhaps) => PayloadIndex.Collect(Volatile.Read(ref index._filled), sure);
    }

    private struct Changer(PayloadIndex index, uint ordinal, bool adds) : IPayloadVisitor
    {
        public int Values { get; private set; }

        public bool HasOthers { get; private set; }

        public bool IsFilled { get; private set; }

        public bool Visit(PayloadView value)
        {
            IsFilled |= !EmptyTest.IsEmpty(value);
            if (value.Kind != PayloadKind.Array)
            {
                Change(value);
                return true;
            }

            foreach (PayloadView element in value.EnumerateArray())
            {
                Change(element);
            }

            return true;
        }

        private void Change(PayloadView value)
        {
            if (value.Kind == PayloadKind.Null)
            {
                return;
            }

            bool? changed = index.Change(value, ordinal, adds);
            HasOthers |= changed is null;
            Values += changed == true ? 1 : 0;
        }
    }
}
