using System.Buffers;
using System.Diagnostics;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>Codes without a graph or lists: every search scans all codes and orders the best by the vectors themselves.</summary>
internal sealed class CodeScanIndex : VectorIndex
{
    private readonly VectorFieldSchema _schema;
    private readonly FloatSpace _floats;
    private readonly FlatScan _exact;
    private readonly uint _pointsMax;
    private readonly NativeRegion _held;
    private readonly string _state;
    private long _count;
    private long _end;
    private Scanned? _scanned;

    public CodeScanIndex(VectorFieldSchema schema, FloatSpace floats, uint pointsMax)
        : base(schema.Number, pointsMax)
    {
        _schema = schema;
        _floats = floats;
        _exact = new FlatScan(floats);
        _pointsMax = pointsMax;
        _state = $"coded-{schema.Number}";
        _held = new NativeRegion(_state, pointsMax);
    }

    public override long Count => Interlocked.Read(ref _count);

    public override bool IsPrepared => Codes is not null;

    public override ServingIndex Serving => ServingIndex.Of(VectorIndexKind.Flat, Codes?.Codes);

    public override IndexBytes Bytes => new(Codes: Codes?.Codes.Space.UsedBytes(End) ?? 0);

    public override IReadOnlyList<RegionPart> Parts
        => Codes is { } scanned
            ? [scanned.Codes.Part(End), new RegionPart(_state, _held, End, RegionCopying.WhileIndexingPaused)]
            : [];

    public override IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States
        => Codes is { } scanned
            ? new Dictionary<string, ReadOnlyMemory<byte>>(scanned.Codes.States) { [_state] = SaveNumbers() }
            : new Dictionary<string, ReadOnlyMemory<byte>>();

    private Scanned? Codes => Volatile.Read(ref _scanned);

    /// <summary>One more than the largest ordinal that was taken up.</summary>
    private uint End => (uint)Interlocked.Read(ref _end);

    public override void Prepare(ReadOnlySpan<uint> sample, long vectors, CancellationToken cancellation)
        => Volatile.Write(ref _scanned, new Scanned(FieldCodes.Train(_schema, _floats, sample, _pointsMax)));

    public override uint OrdinalsEnd => End;

    public override unsafe bool Contains(uint ordinal) => ordinal < End && Volatile.Read(ref _held.Base[ordinal]) != 0;

    public override void Insert(uint ordinal)
    {
        Codes!.Codes.Encode(ordinal);
        _held.EnsureCommitted(ordinal + 1L);
        Hold(ordinal, 1);
        Interlocked.Increment(ref _count);
        long end = Interlocked.Read(ref _end);
        while (end <= ordinal)
        {
            long seen = Interlocked.CompareExchange(ref _end, ordinal + 1L, end);
            end = seen == end ? ordinal + 1L : seen;
        }
    }

    public override void Remove(ReadOnlySpan<uint> dead, CancellationToken cancellation)
    {
        foreach (uint ordinal in dead)
        {
            if (Contains(ordinal))
            {
                Hold(ordinal, 0);
                Interlocked.Decrement(ref _count);
            }
        }
    }

    public override void Tend(CancellationToken cancellation)
    {
    }

    public override bool IsOutgrown => Codes?.Codes.Oversampling.IsWorn == true;

    public override bool IsCalibrationDue(float target) => Codes?.Codes.Oversampling.IsDue(this, target) == true;

    public override void Calibrate(float target, CancellationToken cancellation) => Codes?.Codes.Calibrate(this, target, cancellation);

    public override int Search<TFilter>(
        in IndexQuery query, TFilter filter, Span<Candidate> results, out IndexSearchStats stats, CancellationToken cancellation)
    {
        uint end = End;
        HeldAnd<TFilter> held = new(_held, filter);
        if (query.Codes?.Ignore == true)
        {
            stats = new IndexSearchStats(Visited: 0, VectorDistances: (int)end, CodeDistances: 0, Rescored: 0, BudgetExhausted: false);
            return _exact.Search(query.Vector, 0, end, query.K, held, results, cancellation);
        }

        Scanned scanned = Codes!;
        bool rescores = query.Codes?.Rescore != false && !scanned.Codes.Space.Quantizer.IsExact;
        int wanted = rescores ? (int)Math.Min(end, scanned.Codes.Candidates(query.K, query.Codes?.Oversampling)) : query.K;
        Candidate[] found = ArrayPool<Candidate>.Shared.Rent(wanted);
        try
        {
            int count = scanned.Scan.Search(query.Vector, 0, end, wanted, held, found.AsSpan(0, wanted), cancellation);
            stats = new IndexSearchStats(0, rescores ? count : 0, (int)end, rescores ? count : 0, BudgetExhausted: false)
            {
                Codes = scanned.Codes.Space.Quantizer.Kind,
                Oversampling = rescores ? query.Codes?.Oversampling ?? scanned.Codes.Oversampling.Value : 1,
            };
            if (rescores)
            {
                long rescoring = Stopwatch.GetTimestamp();
                int kept = scanned.Codes.Rescore(query.Vector, found.AsSpan(0, count), results[..query.K], cancellation);
                stats = stats with { RescoreMicros = Stopwatch.GetElapsedTime(rescoring).TotalMicroseconds };
                return kept;
            }

            found.AsSpan(0, count).CopyTo(results);
            return count;
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(found);
        }
    }

    public override FieldCodes? ScanCodes(in IndexQuery query) => query.Codes is { Ignore: true } or { Rescore: false } ? null : Codes?.Codes;

    public override bool TryRestore(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        if (!states.TryGetValue(_state, out ReadOnlyMemory<byte> numbers)
            || numbers.Length != 2 * sizeof(long)
            || FieldCodes.Restore(_schema, _floats, states, _pointsMax) is not { } codes)
        {
            return false;
        }

        _count = BitConverter.ToInt64(numbers.Span);
        _end = BitConverter.ToInt64(numbers.Span[sizeof(long)..]);
        _scanned = new Scanned(codes);
        return true;
    }

    public override void Dispose()
    {
        _held.Dispose();
        _scanned?.Codes.Dispose();
        base.Dispose();
    }

    private unsafe void Hold(uint ordinal, byte held)
    {
        Volatile.Write(ref _held.Base[ordinal], held);
        _held.MarkDirty(ordinal, 1);
    }

    private byte[] SaveNumbers() => [.. BitConverter.GetBytes(Count), .. BitConverter.GetBytes((long)End)];

    private sealed record Scanned(FieldCodes Codes)
    {
        public FlatScan Scan { get; } = new(Codes.Space);
    }

    private readonly unsafe struct HeldAnd<TFilter>(NativeRegion held, TFilter filter) : IOrdinalFilter
        where TFilter : struct, IOrdinalFilter
    {
        private readonly byte* _held = held.Base;

        public bool Admits(uint ordinal) => _held[ordinal] != 0 && filter.Admits(ordinal);
    }
}
