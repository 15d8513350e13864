using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Partitions.Vectors;

/// <summary>
/// How many candidates by code are scored again for each result: at first what the kind of codes needs on most data, later
/// what was measured on the vectors there are, again and again as they change.
/// </summary>
/// <remarks>
/// Stored vectors are searched for among the others, by code and exactly, a few in each slice. One thread measures; any may
/// read <see cref="Value"/>. Its state: u8 version 1, f32 factor, f32 needed, f32 needed at first, f32 target, u64 vectors then.
/// </remarks>
internal sealed class OversamplingFactor(QuantizerKind kind)
{
    /// <summary>Searches for stored vectors among an index's others, exactly and by code.</summary>
    public delegate void Measurement(OversamplingCalibration underway, ReadOnlySpan<uint> queries, Indexed indexed, CancellationToken cancellation);

    /// <summary>More candidates than this, for a result, are never scored unless the query wants them.</summary>
    private const float FactorMax = 50;

    /// <summary>Queries are not stored vectors, and the next ones are not the measured ones.</summary>
    private const double Margin = 1.25;

    private const int QueriesAtFirst = 1000;

    private const int QueriesLater = 256;

    private const int QueriesMin = 64;

    /// <summary>Distances of a measurement, of vectors and of codes each: fewer queries where there are many vectors.</summary>
    private const long DistancesMax = 20_000_000;

    /// <summary>Components that a slice compares, at least one query's: some ten milliseconds while they are in the cache.</summary>
    private const long SliceComponents = 512_000_000;

    /// <summary>Bytes of vectors on disk that are read for a measurement: the first ones then stand for all.</summary>
    private const long DiskBytesMax = 64 << 20;

    private const int TriesPerQuery = 1000;

    private const byte StateVersion = 1;

    private const int StateBytes = 1 + (3 * sizeof(float)) + ChangeMeter.StateBytes;

    private readonly ChangeMeter _meter = new();
    private OversamplingCalibration? _underway;
    private float _value = OrdinaryOf(kind);
    private float _needed;
    private float _neededAtFirst;
    private ulong _position;

    /// <summary>Enough for the coarsest codes.</summary>
    public const float Cautious = 16;

    /// <summary>Candidates for each result.</summary>
    public float Value => Volatile.Read(ref _value);

    /// <summary>Candidates that the last measurement needed for its target; 0 before the first.</summary>
    public float Needed => Volatile.Read(ref _needed);

    /// <summary>Whether the codes were twice as good when they were young.</summary>
    public bool IsWorn => Needed > 2 * _neededAtFirst && Needed > OrdinaryOf(kind);

    /// <summary>Takes what a sample needed, until it is measured on all.</summary>
    public void Expect(double needed) => Volatile.Write(ref _value, (float)Math.Clamp(needed * Margin, OrdinaryOf(kind), FactorMax));

    /// <summary>Whether so much has changed that it should be measured.</summary>
    public bool IsDue(VectorIndex index, float target) => kind != QuantizerKind.Bits && _meter.IsDue(index, target);

    /// <summary>Ordinals that a measurement looks at are below this.</summary>
    public static uint End(uint ordinalsEnd, VectorRows rows, bool isOnDisk)
        => (uint)Math.Min(ordinalsEnd, isOnDisk ? Math.Max(1, DiskBytesMax / rows.UsedBytes(1)) : uint.MaxValue);

    /// <summary>Goes on with measuring: a slice of it. The caller is inside the gate.</summary>
    /// <param name="index">Holds the vectors.</param>
    /// <param name="rows">The vectors.</param>
    /// <param name="end">See <see cref="End"/>.</param>
    /// <param name="target">The share of the nearest that are to be found.</param>
    /// <param name="measure">Searches for some of them.</param>
    /// <param name="cancellation">Looked at every few hundred rows; what slices before have measured is kept.</param>
    public void Advance(VectorIndex index, VectorRows rows, uint end, float target, Measurement measure, CancellationToken cancellation)
    {
        OversamplingCalibration underway = _underway ??= new OversamplingCalibration(CodeChoice.Neighbours);
        long wanted = Math.Clamp(DistancesMax / Math.Max(1, end), QueriesMin, _neededAtFirst == 0 ? QueriesAtFirst : QueriesLater);
        long slice = Math.Clamp(SliceComponents / Math.Max(1, (long)end * rows.Dim), 1, OversamplingCalibration.QueriesAtOnce);
        List<uint> queries = [];
        while (queries.Count < Math.Min(slice, wanted - underway.Queries) && Pick(index, end) is { } ordinal)
        {
            queries.Add(ordinal);
        }

        bool isEmpty = queries.Count == 0; // next to nothing is left there, or enough has been measured for what has grown
        if (!isEmpty)
        {
            measure(underway, CollectionsMarshal.AsSpan(queries), new Indexed(index, end), cancellation);
        }

        if (isEmpty || underway.Queries >= wanted || index.Count < ChangeMeter.VectorsMin)
        {
            Conclude(index, underway, target);
        }
    }

    public byte[] Save()
    {
        byte[] state = new byte[StateBytes];
        state[0] = StateVersion;
        Span<byte> numbers = state.AsSpan(1);
        BinaryPrimitives.WriteSingleLittleEndian(numbers, _value);
        BinaryPrimitives.WriteSingleLittleEndian(numbers[4..], _needed);
        BinaryPrimitives.WriteSingleLittleEndian(numbers[8..], _neededAtFirst);
        _meter.Save(numbers[12..]);
        return state;
    }

    /// <summary>Takes a state back; one that makes no sense is as good as none.</summary>
    public void Restore(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateBytes || state[0] != StateVersion)
        {
            return;
        }

        ReadOnlySpan<byte> numbers = state[1..];
        float value = BinaryPrimitives.ReadSingleLittleEndian(numbers);
        if (value is >= 1 and <= FactorMax)
        {
            _value = value;
            _needed = BinaryPrimitives.ReadSingleLittleEndian(numbers[4..]);
            _neededAtFirst = BinaryPrimitives.ReadSingleLittleEndian(numbers[8..]);
            _meter.Restore(numbers[12..]);
        }
    }

    /// <summary>What a kind of codes needs on most data, and the least that is ever taken of it is a part of that.</summary>
    private static float OrdinaryOf(QuantizerKind kind) => kind switch
    {
        QuantizerKind.Bits or QuantizerKind.BFloat16 => 1,
        QuantizerKind.Int8 => 2,
        QuantizerKind.Int4 or QuantizerKind.RaBitQ4 => 5,
        QuantizerKind.RaBitQ2 or QuantizerKind.Product or QuantizerKind.RotatedProduct => 8,
        _ => Cautious,
    };

    /// <summary>Scoring a few again costs next to nothing beside finding them, so that less than twice is no gain.</summary>
    private static float LeastOf(QuantizerKind kind) => Math.Min(2, OrdinaryOf(kind));

    private void Conclude(VectorIndex index, OversamplingCalibration measured, float target)
    {
        float needed = measured.Queries == 0 ? 1 : (float)measured.Factor(target);
        _underway = null;
        // A higher target needs more of codes that are as good as ever.
        _neededAtFirst = _neededAtFirst == 0 || _meter.Target != target ? needed : _neededAtFirst;
        _meter.Note(index, target);
        Volatile.Write(ref _needed, needed);
        Volatile.Write(ref _value, (float)Math.Clamp(needed * Margin, LeastOf(kind), FactorMax));
    }

    /// <summary>The next of the index's vectors by golden-ratio steps over all ordinals, going on where the last time ended.</summary>
    private uint? Pick(VectorIndex index, uint end)
    {
        for (int i = 0; i < TriesPerQuery; i++)
        {
            _position += 0x9E3779B97F4A7C15UL;
            uint ordinal = (uint)Math.BigMul(_position, end, out _);
            if (index.Contains(ordinal))
            {
                return ordinal;
            }
        }

        return null;
    }

    /// <summary>Admits what an index holds below an end.</summary>
    internal readonly struct Indexed(VectorIndex index, uint end) : IOrdinalFilter
    {
        public bool Admits(uint ordinal) => ordinal < end && index.Contains(ordinal);
    }
}
