using OrleansVectors.Indexes.Clustering;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// An inverted file over vectors by ordinal: each vector is in the list of the centroid it is nearest to, and a search looks
/// into the lists whose centroids are nearest to the query (Jégou, Douze and Schmid, PAMI 2011, section 4). Mutable in place:
/// insertion and removal by several threads at once, searches without locks meanwhile.
/// </summary>
/// <remarks>
/// The protocol:
/// <list type="number">
/// <item>An index is trained once, before anything is inserted. New lists are a new index: make one beside this one, train
/// it, fill it, put it in this one's place, and dispose this one when its readers have left.</item>
/// <item>Searches run inside the <see cref="ReaderGate"/> that was given, and take no lock. What a list loses or gains
/// meanwhile is seen or not; what stays is seen, once. <see cref="InvertedLists"/> says how.</item>
/// <item>An ordinal's row is written before it is inserted, and stays as it is until the ordinal has been removed and every
/// search that began before has ended. Then it may be written and inserted again.</item>
/// <item>Insertions and removals may run side by side on different ordinals.</item>
/// </list>
/// Everything per vector lies in <see cref="NativeRegion"/>s, independent of their addresses; every store is followed by its
/// dirty mark. An index is opened from stored regions without touching them.
/// <para>
/// Distances found are exact without codes, and estimates by codes: ask for several times k and score those again by their
/// rows.
/// </para>
/// </remarks>
public sealed unsafe class IvfIndex : IDisposable
{
    /// <summary>
    /// A search looks into this many lists for each root of the lists, unless it is told how many or it was calibrated: recall
    /// 0.95 to 0.995 without codes on three real sets of 20,000 to 100,000 vectors.
    /// </summary>
    private const double NProbePerRoot = 1.2;

    private const int ListsPerRange = 8;

    private readonly InvertedLists lists;
    private readonly IvfModel model;
    private readonly ListCodes? codes;
    private readonly ListScan scan;
    private readonly DriftMeter drift = new();
    private readonly VectorRows rows;
    private readonly ReaderGate gate;
    private int isTraining;
    private volatile bool isTrained;
    private int nprobe;
    private NProbeCalibration? calibration;

    /// <summary>Makes an untrained index; memory comes as vectors are inserted.</summary>
    /// <param name="space">The vectors. They stay the caller's and must outlive the index.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="capacity">The most ordinals, at most those of <paramref name="space"/> and 2^31.</param>
    /// <param name="gate">Where all searches of this index are inside while they run.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its bounds.</exception>
    /// <exception cref="ArgumentException">There are no such codes for the metric.</exception>
    public IvfIndex(FloatSpace space, IvfOptions options, uint capacity, ReaderGate gate)
    {
        ArgumentOutOfRangeException.ThrowIfZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Math.Min(space.Capacity, 1u << 31));
        IvfOptions.Check(options, space.Dim, space.Metric);
        Space = space;
        Options = options;
        Capacity = capacity;
        this.gate = gate;
        rows = space.Rows;
        var padded = rows.PaddedLength;
        Rotation? rotation = options.Codes is QuantizerKind.RaBitQ1 or QuantizerKind.RaBitQ2 or QuantizerKind.RaBitQ4 ? new HadamardRotation(padded, options.Seed) : null;
        codes = options.Codes switch
        {
            QuantizerKind.Int8 => new ByteCodes(space.Dim),
            QuantizerKind.Int4 => new LevelCodes(space.Dim, 4),
            QuantizerKind.RaBitQ1 => new LevelCodes(padded, 1),
            QuantizerKind.RaBitQ2 => new LevelCodes(padded, 2),
            QuantizerKind.RaBitQ4 => new LevelCodes(padded, 4),
            QuantizerKind.Product or QuantizerKind.RotatedProduct => new ProductCodes(space.Dim, Subvectors),
            _ => null,
        };
        scan = codes switch
        {
            ByteCodes bytes => new CodeListScan<ByteScorer>(bytes),
            NibbleCodes nibbles => new CodeListScan<NibbleScorer>(nibbles),
            _ => space.Use<ListScan.OfRows, ListScan>(new ListScan.OfRows(space)),
        };
        var listsMax = (int)Math.Min(capacity, IvfOptions.ListsMax);
        model = new IvfModel(padded, space.Metric, listsMax, codes, rotation, learnsRotation: options.Codes == QuantizerKind.RotatedProduct);
        lists = new InvertedLists(capacity, listsMax, codes, gate);
    }

    /// <summary>The vectors.</summary>
    public FloatSpace Space { get; }

    /// <summary>How it is built.</summary>
    public IvfOptions Options { get; }

    /// <summary>The most ordinals.</summary>
    public uint Capacity { get; }

    /// <summary>Whether it has lists. Before it has, it finds nothing and nothing can be inserted.</summary>
    public bool IsTrained => isTrained;

    /// <summary>How many lists there are.</summary>
    public int Lists => isTrained ? model.Lists : 0;

    /// <summary>Vectors in the lists.</summary>
    public long Count => lists.Live;

    /// <summary>One more than the largest ordinal ever inserted.</summary>
    public uint OrdinalsEnd => lists.OrdinalsEnd;

    /// <summary>How many lists a search looks into that is not told how many.</summary>
    public int NProbe => Volatile.Read(ref nprobe);

    /// <summary>How well the lists still fit. Looks at every list's length.</summary>
    public IvfDrift Drift
    {
        get
        {
            var squares = 0.0;
            var count = Count;
            for (var list = 0; list < Lists; list++)
            {
                double live = Volatile.Read(ref lists.Heads[list].Live);
                squares += live * live;
            }

            var imbalance = count == 0 ? 0 : Lists * squares / ((double)count * count);
            return new IvfDrift(imbalance, drift.ImbalanceAtTraining, drift.Mean, drift.DistanceAtTraining, count, drift.CountAtTraining);
        }
    }

    /// <summary>Whether new lists would make searches noticeably better.</summary>
    public bool NeedsRetraining => isTrained && Drift.NeedsRetraining;

    /// <summary>What a checkpoint stores, besides <see cref="SaveState"/>: always the same parts in the same order.</summary>
    public IReadOnlyList<PersistedRegion> Regions =>
    [
        new("centroids", model.CentroidsRegion, model.CentroidsBytes),
        new("model", model.NumbersRegion, model.NumbersBytes),
        new("lists", lists.HeadsRegion, lists.HeadsBytes),
        new("blocks", lists.BlocksRegion, lists.BlocksBytes),
        new("locations", lists.LocationsRegion, lists.LocationsBytes),
    ];

    internal InvertedLists Inverted => lists;

    internal IvfModel Model => model;

    internal ListCodes? Codes => codes;

    private int Subvectors => Options.PartsOf(Space.Dim);

    private bool IsInnerProduct => Space.Metric is DistanceMetric.Dot or DistanceMetric.Cosine;

    /// <summary>Whether the ordinal is in a list.</summary>
    public bool Contains(uint ordinal) => lists.Contains(ordinal);

    /// <summary>Makes the lists from vectors that have been written; inserts none of them.</summary>
    /// <param name="ordinals">What to learn from, best all there are: it chooses as many as it needs.</param>
    /// <param name="parallelism">Threads, at least 1; the result does not depend on it.</param>
    /// <param name="cancellation">Looked at between blocks of vectors. A cancelled training leaves the index untrained.</param>
    /// <exception cref="ArgumentException">There are no ordinals.</exception>
    /// <exception cref="InvalidOperationException">It is trained already, or being trained.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Train(ReadOnlySpan<uint> ordinals, int parallelism = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parallelism);
        if (ordinals.IsEmpty)
        {
            throw new ArgumentException("there is nothing to learn from", nameof(ordinals));
        }

        if (isTrained || Interlocked.Exchange(ref isTraining, 1) != 0)
        {
            throw new InvalidOperationException("an index is trained once");
        }

        try
        {
            new IvfTraining(rows, Options, model, codes, drift).Run(ordinals, parallelism, cancellation);
            lists.Create(model.Lists);
            nprobe = OrdinaryNProbe(model.Lists);
            isTrained = true;
        }
        finally
        {
            Volatile.Write(ref isTraining, 0);
        }
    }

    /// <summary>Adds a vector. Any number of threads may insert different ordinals at once. Its row must have been written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is not below <see cref="Capacity"/>.</exception>
    /// <exception cref="InvalidOperationException">The ordinal is in the index already, or this is not trained.</exception>
    public void Insert(uint ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Capacity);
        ThrowUnlessTrained();
        var scratch = IvfScratch.Rent();
        try
        {
            var vector = Prepared(ordinal, scratch);
            Append(ordinal, vector, model.Assign(vector, scratch.ListDistances(model.Lists)), scratch);
        }
        finally
        {
            IvfScratch.Return(scratch);
        }
    }

    /// <summary>
    /// Adds many vectors by several threads: much cheaper for each than <see cref="Insert"/>, and lists are laid out one
    /// after the other.
    /// </summary>
    /// <param name="ordinals">What to add; their rows must have been written.</param>
    /// <param name="parallelism">Threads, at least 1.</param>
    /// <param name="cancellation">Looked at between blocks of vectors. What was added before stays.</param>
    /// <exception cref="ArgumentOutOfRangeException">An ordinal is not below <see cref="Capacity"/>.</exception>
    /// <exception cref="InvalidOperationException">An ordinal is in the index already, or this is not trained.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void InsertMany(ReadOnlySpan<uint> ordinals, int parallelism = 1, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parallelism);
        ThrowUnlessTrained();
        using var copy = new AlignedBuffer<uint>(ordinals.Length);
        ordinals.CopyTo(copy.Span);
        foreach (var ordinal in ordinals)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Capacity, nameof(ordinals));
        }

        var samples = new SampleRows(rows.Region.Base, (nuint)rows.StrideBytes, copy.Start, copy.Length);
        using var assigned = ListAssignment.Of(samples, model, model.Rotation, parallelism, cancellation);
        using var grouping = new Grouping(copy.Length, model.Lists);
        grouping.Group(assigned.Start, copy.Length);
        ParallelRanges.Run(model.Lists, ListsPerRange, parallelism, (from, to) =>
        {
            var scratch = IvfScratch.Rent();
            try
            {
                for (var list = from; list < to; list++)
                {
                    foreach (var member in grouping.Members(list))
                    {
                        var ordinal = samples.Ordinals[member];
                        Append(ordinal, Prepared(ordinal, scratch), (uint)list, scratch);
                    }
                }
            }
            finally
            {
                IvfScratch.Return(scratch);
            }
        }, cancellation);
    }

    /// <summary>Takes vectors out. Searches, insertions and other removals go on meanwhile; searches that begin afterwards do not find them.</summary>
    /// <param name="dead">What to take out; what is not in the index is skipped.</param>
    /// <param name="cancellation">Looked at between vectors. What was taken out before stays out.</param>
    /// <returns>How many were taken out.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation = default)
    {
        var removed = 0;
        foreach (var ordinal in dead)
        {
            cancellation.ThrowIfCancellationRequested();
            removed += lists.Remove(ordinal) ? 1 : 0;
        }

        return removed;
    }

    /// <summary>Finds the nearest vectors, approximately. Takes no lock and allocates nothing.</summary>
    /// <param name="query">The components; normalised by the caller for cosine.</param>
    /// <param name="k">How many to return, at most the length of <paramref name="results"/>.</param>
    /// <param name="nprobe">
    /// How many lists to look into, 0 for <see cref="NProbe"/>. With a filter further lists are looked into until k are found
    /// or there are no more.
    /// </param>
    /// <param name="filter">Which vectors may be returned.</param>
    /// <param name="results">Receives the nearest, nearest first, ties by ordinal; their distances are estimates where there are codes.</param>
    /// <param name="stats">What it cost: lists looked into, and entries scored.</param>
    /// <param name="cancellation">Looked at before each list.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has not the dimension of the vectors, or the results have no room for k.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Search<TFilter>(
        ReadOnlySpan<float> query,
        int k,
        int nprobe,
        TFilter filter,
        Span<Candidate> results,
        out SearchStats stats,
        CancellationToken cancellation = default)
        where TFilter : struct, IOrdinalFilter
    {
        if (query.Length != Space.Dim)
        {
            throw new ArgumentException($"has {query.Length} components, the vectors have {Space.Dim}", nameof(query));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, results.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(nprobe);
        k = (int)Math.Min(k, Capacity);
        if (k == 0 || Count == 0)
        {
            stats = default;
            return 0;
        }

        var scratch = IvfScratch.Rent();
        try
        {
            var copy = scratch.CopyQuery(query, model.PaddedLength);
            model.Rotation?.Rotate(copy, copy);
            var scored = 0;
            var count = model.Rank(copy, Math.Min(nprobe == 0 ? NProbe : nprobe, model.Lists), scratch, out var distances);
            // After ranking, which uses the same memory.
            var found = scratch.Found(k);
            var visited = scan.Run(
                lists, copy, scratch.ProbeKeys, count, distances, filter, stopsWhenFull: false, ref found, scratch, ref scored, cancellation);
            if (typeof(TFilter) != typeof(AdmitAll) && !found.HoldsEnough && count < model.Lists)
            {
                var all = model.Rank(copy, model.Lists, scratch, out distances);
                visited += scan.Run(
                    lists, copy, scratch.ProbeKeys + count, all - count, distances, filter, stopsWhenFull: true, ref found, scratch, ref scored, cancellation);
            }

            stats = new SearchStats(visited, scored, TwoHops: 0, BudgetExhausted: false);
            return found.Drain(results);
        }
        finally
        {
            IvfScratch.Return(scratch);
        }
    }

    /// <summary>
    /// Finds out how many lists a search has to look into, and sets <see cref="NProbe"/>. Searches all lists for a hundred of
    /// the vectors there are: call it in the background, after filling and when much has changed. Changes may go on meanwhile.
    /// </summary>
    /// <param name="targetRecall">The wanted mean share of the true neighbours, above 0 and at most 1.</param>
    /// <param name="k">How many neighbours searches ask for.</param>
    /// <param name="cancellation">Looked at between searches. When cancelled nothing is set yet.</param>
    /// <returns>The number of lists; what it was when the index is empty.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int CalibrateNProbe(double targetRecall, int k = 10, CancellationToken cancellation = default)
    {
        while (!AdvanceCalibration(targetRecall, k, int.MaxValue, cancellation))
        {
        }

        return NProbe;
    }

    /// <summary>As <see cref="CalibrateNProbe"/>, a few searches at a time. One thread at a time.</summary>
    /// <param name="targetRecall">The wanted mean share of the true neighbours, above 0 and at most 1.</param>
    /// <param name="k">How many neighbours searches ask for.</param>
    /// <param name="samples">Searches to do now, at most.</param>
    /// <param name="cancellation">Looked at between searches; those that are done are kept.</param>
    /// <returns>Whether it is done, and <see cref="NProbe"/> set.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool AdvanceCalibration(double targetRecall, int k, int samples, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(targetRecall);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(targetRecall, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (!isTrained)
        {
            return true;
        }

        calibration ??= new NProbeCalibration(this, gate);
        if (!calibration.Advance(rows, k, samples, cancellation))
        {
            return false;
        }

        Volatile.Write(ref nprobe, calibration.ListsFor(targetRecall));
        calibration = null;
        return true;
    }

    /// <summary>What <see cref="RestoreState"/> needs besides the regions. Call it when nothing inserts or removes.</summary>
    public byte[] SaveState() => new IvfState
    {
        Metric = Space.Metric,
        Codes = Options.Codes,
        Dim = Space.Dim,
        Lists = Lists,
        Subvectors = Options.HasParts ? Subvectors : 0,
        NProbe = NProbe,
        Seed = Options.Seed,
        OrdinalsEnd = OrdinalsEnd,
        Live = Count,
        BlocksEnd = lists.Pool.BlocksEnd,
        FreeChains = lists.Pool.FreeChains(),
        DistanceAtTraining = drift.DistanceAtTraining,
        ImbalanceAtTraining = drift.ImbalanceAtTraining,
        CountAtTraining = drift.CountAtTraining,
        RecentSum = drift.Sum,
        RecentCount = drift.Recent,
    }.ToBytes();

    /// <summary>
    /// Opens a stored index into one that is not trained: the contents of <see cref="Regions"/> have been put in their
    /// places, or will be before anything else is called; the rows too. Touches none of them.
    /// </summary>
    /// <exception cref="IndexStateException">The state is not one, or of an index with other options.</exception>
    /// <exception cref="InvalidOperationException">This is trained already.</exception>
    public void RestoreState(ReadOnlySpan<byte> state)
    {
        if (isTrained)
        {
            throw new InvalidOperationException("an index is restored before it is trained");
        }

        var stored = IvfState.FromBytes(state);
        IndexStateException.ThrowUnless(stored.Metric == Space.Metric, "inverted file", "metric", (long)stored.Metric, (long)Space.Metric);
        IndexStateException.ThrowUnless(stored.Codes == Options.Codes, "inverted file", "codes", (long)(stored.Codes ?? 0), (long)(Options.Codes ?? 0));
        IndexStateException.ThrowUnless(stored.Dim == Space.Dim, "inverted file", "dimension", stored.Dim, Space.Dim);
        var subvectors = Options.HasParts ? Subvectors : 0;
        IndexStateException.ThrowUnless(stored.Subvectors == subvectors, "inverted file", "subvectors", stored.Subvectors, subvectors);
        IndexStateException.ThrowUnless(stored.Seed == Options.Seed, "inverted file", "seed", (long)stored.Seed, (long)Options.Seed);
        var listsMax = (int)Math.Min(Capacity, IvfOptions.ListsMax);
        IndexStateException.ThrowUnless(stored.Lists >= 0 && stored.Lists <= listsMax, "inverted file", "lists", stored.Lists, listsMax);
        IndexStateException.ThrowUnless(stored.NProbe >= 0 && stored.NProbe <= stored.Lists, "inverted file", "lists looked into", stored.NProbe, stored.Lists);
        IndexStateException.ThrowUnless(stored.OrdinalsEnd <= Capacity, "inverted file", "ordinals end", stored.OrdinalsEnd, Capacity);
        IndexStateException.ThrowUnless(stored.Live >= 0 && stored.Live <= stored.OrdinalsEnd, "inverted file", "entries", stored.Live, stored.OrdinalsEnd);
        IndexStateException.ThrowUnless(stored.BlocksEnd <= lists.BlocksMax, "inverted file", "blocks end", stored.BlocksEnd, lists.BlocksMax);
        foreach (var chain in stored.FreeChains)
        {
            IndexStateException.ThrowUnless(chain < stored.BlocksEnd, "inverted file", "free chain", chain, stored.BlocksEnd);
        }

        model.Restore(stored.Lists);
        lists.Restore(stored.Lists, stored.OrdinalsEnd, stored.Live, stored.BlocksEnd, stored.FreeChains);
        drift.DistanceAtTraining = stored.DistanceAtTraining;
        drift.ImbalanceAtTraining = stored.ImbalanceAtTraining;
        drift.CountAtTraining = stored.CountAtTraining;
        drift.Restore(stored.RecentSum, stored.RecentCount);
        nprobe = stored.NProbe;
        isTrained = stored.Lists > 0;
    }

    public void Dispose()
    {
        lists.Dispose();
        model.Dispose();
        (codes as IDisposable)?.Dispose();
    }

    /// <summary>Encodes a vector for a list: the code into the scratch's columns.</summary>
    internal (float Offset, float Factor) Encode(float* vector, uint list, IvfScratch scratch) =>
        codes is null
            ? default
            : codes.Encode(
                vector, model.Centroid(list), model.PaddedLength, IsInnerProduct, scratch.Encoding(2 * model.PaddedLength), scratch.Columns(codes.Columns));

    /// <summary>The row as the centroids and codes are made for it; the scratch's while it is rented, or the row itself.</summary>
    internal float* Prepared(uint ordinal, IvfScratch scratch)
    {
        var row = rows.Row(ordinal);
        if (model.Rotation is not { } rotation)
        {
            return row;
        }

        var rotated = scratch.Vector(model.PaddedLength);
        rotation.Rotate(row, rotated);
        return rotated;
    }

    private static int OrdinaryNProbe(int lists) => Math.Clamp((int)Math.Ceiling(NProbePerRoot * Math.Sqrt(lists)), 1, lists);

    private void Append(uint ordinal, float* vector, uint list, IvfScratch scratch)
    {
        var (offset, factor) = Encode(vector, list, scratch);
        lists.Append(list, ordinal, offset, factor, codes is null ? null : scratch.Columns(codes.Columns));
        drift.Add(model.AssignmentDistance(vector, list));
    }

    private void ThrowUnlessTrained()
    {
        if (!isTrained)
        {
            throw new InvalidOperationException("nothing can be inserted before training");
        }
    }
}
