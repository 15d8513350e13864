using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>
/// Which ordinals were written, ended or given another payload lately, and by which operation: what a reader at an earlier
/// moment must look at itself, because payload indexes hold the newest state alone.
/// </summary>
/// <remarks>
/// Protocol, with one applier and any number of readers inside the gate:
/// 1. the applier notes an ordinal here before it changes anything about it in an index;
/// 2. a reader takes its moment, reads indexes, and reads this last: for each ordinal that is not among the changes after
///    its moment, what it read is what was true at its moment;
/// 3. an entry is overwritten only when all readers that began before it was published have left. Up to
///    <see cref="EntriesMax"/> the ring grows instead; beyond that such readers are told that they came too late, and do
///    without indexes.
/// </remarks>
internal sealed unsafe class RecentChanges : IDisposable
{
    /// <summary>Changes that are kept at most.</summary>
    public const int EntriesMax = 1 << 20;

    private const int EntriesMin = 256;

    private readonly ReaderGate _gate;
    private readonly Action<IDisposable> _retire;
    private Ring _ring = new(EntriesMin);
    private ulong _lostThrough;
    private ulong _safeThrough;
    private ulong _published;
    private ulong _watchedSequence;
    private long _watchedEpoch = -1;

    /// <param name="gate">Readers are inside.</param>
    /// <param name="retire">Frees memory when its readers have left.</param>
    /// <param name="since">Changes up to this sequence were not noted; readers at earlier moments are too late.</param>
    public RecentChanges(ReaderGate gate, Action<IDisposable> retire, ulong since)
    {
        _gate = gate;
        _retire = retire;
        _lostThrough = since;
        _safeThrough = since;
        _published = since;
    }

    /// <summary>Notes that an operation changes an ordinal. The applier, before it changes an index.</summary>
    public void Add(ulong sequence, uint ordinal)
    {
        Ring ring = _ring;
        if (ring.End - ring.Start == ring.Entries.Length)
        {
            ring = MakeRoom(ring);
        }

        *ring.At(ring.End) = new Change { Sequence = sequence, Ordinal = ordinal };
        Volatile.Write(ref ring.End, ring.End + 1);
    }

    /// <summary>Says that readers may see everything up to a sequence. The applier.</summary>
    public void Published(ulong sequence)
    {
        _published = sequence;
        if (_watchedEpoch < 0)
        {
            (_watchedEpoch, _watchedSequence) = (_gate.Epoch, sequence);
        }
    }

    /// <summary>Collects the ordinals that changed after a reader's moment; some may come twice, or needlessly.</summary>
    /// <returns>False when the reader is too late: then nothing that it read from an index can be used.</returns>
    public bool TryCollect(ulong after, List<uint> ordinals)
    {
        Interlocked.MemoryBarrier(); // what was read from indexes was read before
        Ring ring = Volatile.Read(ref _ring);
        long end = Volatile.Read(ref ring.End);
        long start = Math.Max(ring.First, end - ring.Entries.Length);
        for (long i = end - 1; i >= start; i--)
        {
            Change change = *ring.At(i);
            if (change.Sequence <= after)
            {
                break;
            }

            ordinals.Add(change.Ordinal);
        }

        Interlocked.MemoryBarrier();
        return after >= Volatile.Read(ref _lostThrough);
    }

    public void Dispose() => _ring.Dispose();

    private Ring MakeRoom(Ring full)
    {
        if (_watchedEpoch >= 0 && _gate.HasQuiesced(_watchedEpoch))
        {
            _safeThrough = _watchedSequence;
            (_watchedEpoch, _watchedSequence) = (_gate.Epoch, _published);
        }

        if (full.At(full.Start)->Sequence > _safeThrough)
        {
            if (full.Entries.Length < EntriesMax)
            {
                Ring grown = full.Grown();
                Volatile.Write(ref _ring, grown);
                _retire(full);
                return grown;
            }

            Volatile.Write(ref _lostThrough, full.At(full.Start)->Sequence);
            Interlocked.MemoryBarrier();
        }

        full.Start++;
        return full;
    }

    private struct Change
    {
        public ulong Sequence;
        public uint Ordinal;
    }

    /// <summary>Entries by number, modulo its length. A grown ring keeps the numbers.</summary>
    private sealed class Ring(int length) : IDisposable
    {
        /// <summary>The number after the last entry.</summary>
        public long End;

        /// <summary>The number of the oldest entry that is still needed, for the applier.</summary>
        public long Start;

        /// <summary>The number of the first entry that was ever in this ring.</summary>
        public long First;

        public AlignedBuffer<Change> Entries { get; } = new(length);

        public Change* At(long number) => Entries.Start + (number & (Entries.Length - 1));

        public Ring Grown()
        {
            Ring grown = new(Entries.Length * 2) { First = Start, Start = Start, End = End };
            for (long i = Start; i < End; i++)
            {
                *grown.At(i) = *At(i);
            }

            return grown;
        }

        public void Dispose() => Entries.Dispose();
    }
}
