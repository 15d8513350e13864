using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansVectors.Indexes.Concurrency;

/// <summary>
/// Tells a writer when every reader that might still see something it has unlinked is gone. Readers never wait.
/// </summary>
/// <remarks>
/// Epoch-based, after Fraser, "Practical lock-freedom" (2004), section 5.2.3, with counters instead of one slot per thread:
/// 1. a reader adds itself to the counter of the current epoch's parity on its core, looks at the epoch again, and
///    starts over when it has moved on in between: so no reader is ever counted under an epoch after the one it entered in;
/// 2. the epoch advances from e to e + 1 only when no reader of epoch e - 1 is left, so at most two epochs are occupied;
/// 3. whatever was unlinked in epoch e is out of every reader's sight once the epoch is e + 2.
/// Counters are padded to their own cache lines: entering and leaving costs two uncontended atomic additions.
/// </remarks>
public sealed class ReaderGate
{
    private const int CountersMax = 64;

    private readonly Counter[] counters;
    private readonly int mask;
    private long epoch = 2;

    public ReaderGate()
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, CountersMax));
        counters = GC.AllocateArray<Counter>(slots * 2, pinned: true);
        mask = slots - 1;
    }

    /// <summary>The current epoch. Read it after unlinking, then ask <see cref="HasQuiesced"/> with it.</summary>
    public long Epoch => Interlocked.Read(ref epoch);

    /// <summary>Starts reading. Pass what it returns to <see cref="Exit"/>, on any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Enter()
    {
        var slot = (Thread.GetCurrentProcessorId() & mask) << 1;
        while (true)
        {
            var entered = Volatile.Read(ref epoch);
            var index = slot | (int)(entered & 1);
            Interlocked.Increment(ref counters[index].Readers);
            if (Volatile.Read(ref epoch) == entered)
            {
                return index;
            }

            Interlocked.Decrement(ref counters[index].Readers);
        }
    }

    /// <summary>Ends the reading that <see cref="Enter"/> returned <paramref name="pass"/> for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit(int pass) => Interlocked.Decrement(ref counters[pass].Readers);

    /// <summary>Whether every reader that entered in <paramref name="unlinked"/> or before has left. Never waits.</summary>
    public bool HasQuiesced(long unlinked)
    {
        while (true)
        {
            var current = Epoch;
            if (current >= unlinked + 2)
            {
                return true;
            }

            if (ReadersOf(current - 1) != 0)
            {
                return false;
            }

            Interlocked.CompareExchange(ref epoch, current + 1, current);
        }
    }

    /// <summary>Waits until every reader that is inside now has left.</summary>
    public void WaitForReaders()
    {
        var unlinked = Epoch;
        var wait = default(SpinWait);
        while (!HasQuiesced(unlinked))
        {
            wait.SpinOnce();
        }
    }

    private long ReadersOf(long parity)
    {
        long sum = 0;
        for (var i = (int)(parity & 1); i < counters.Length; i += 2)
        {
            sum += Interlocked.Read(ref counters[i].Readers);
        }

        return sum;
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Counter
    {
        [FieldOffset(64)]
        public long Readers;
    }
}
