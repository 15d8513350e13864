using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansVectors.Numerics.Memory;

/// <summary>
/// One growing native array: addresses are reserved for its maximum at once and memory is put behind them as it grows,
/// so the base never moves, nothing is copied, and readers need no lock while it grows.
/// </summary>
/// <remarks>
/// Memory arrives zeroed. The base is on a 2 MiB boundary and huge pages are asked for (measured 1.1 to 1.45 times faster
/// on random rows of a million). Small regions start with <see cref="FirstCommitBytes"/>, so that thousands of small
/// collections stay cheap; larger ones grow by an eighth, in whole huge pages.
/// <para>
/// For incremental checkpoints it keeps one mark per chunk of <see cref="ChunkBytes"/>. The protocol:
/// 1. a writer stores its data first and calls <see cref="MarkDirty"/> after, always, without looking at the mark;
/// 2. the checkpoint takes and clears the marks with <see cref="CollectDirty"/> first and copies the chunks after.
/// So whatever a copy misses is marked for the next one. (Looking before storing would break this: the look may run
/// ahead of the data's store, see a mark that is just being cleared, and leave the data in no checkpoint.)
/// </para>
/// <para>
/// A region may lie in the pages of a file instead, which need not stay in memory (<see cref="UseFile"/>): then it has one
/// writer, who calls <see cref="PrepareWrite"/> before each write and <see cref="MoveNext"/> now and then.
/// </para>
/// Growing and collecting take a lock; marking and reading take none. Nothing may touch the memory after Dispose.
/// </remarks>
public sealed unsafe class NativeRegion : IDisposable
{
    /// <summary>Bytes that share one dirty mark: 1 MiB.</summary>
    public const int ChunkBytes = 1 << ChunkShift;

    /// <summary>Bytes of the first commit of a region: 64 KiB.</summary>
    public const int FirstCommitBytes = 64 << 10;

    /// <summary>Bytes of a huge page, the alignment of the base and the step of growth: 2 MiB.</summary>
    public const int HugePageBytes = 2 << 20;

    private const int ChunkShift = 20;
    private const int GrowthDivisor = 8;

    private readonly Lock growth = new();
    private readonly byte* marks;
    private readonly nuint reservationBytes;
    private nint reservation;
    private long committedBytes;
    private RegionPlacement? placement;

    /// <summary>Reserves addresses for <paramref name="reserveBytes"/> (rounded up to whole huge pages); commits nothing yet.</summary>
    /// <param name="name">What the region holds, for errors.</param>
    /// <param name="reserveBytes">The most it can ever hold.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="reserveBytes"/> is not positive.</exception>
    /// <exception cref="NativeMemoryException">The system refused.</exception>
    public NativeRegion(string name, long reserveBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(reserveBytes);
        Name = name;
        ReservedBytes = RoundUp(reserveBytes, HugePageBytes);

        // Behind the data, in the same reservation so that they never move either: the marks. They are committed whole,
        // which costs nothing until a page of them is touched.
        var markBytes = RoundUp(ReservedBytes / ChunkBytes, Environment.SystemPageSize);
        reservationBytes = (nuint)checked(ReservedBytes + HugePageBytes + markBytes);
        reservation = AddressSpace.Reserve(reservationBytes);
        if (reservation == 0)
        {
            GC.SuppressFinalize(this);
            throw new NativeMemoryException(name, "reserve", (long)reservationBytes, Marshal.GetLastPInvokeError());
        }

        Base = (byte*)RoundUp(reservation, HugePageBytes);
        marks = Base + ReservedBytes;
        if (!AddressSpace.Commit(marks, (nuint)markBytes))
        {
            var error = Marshal.GetLastPInvokeError();
            Dispose();
            throw new NativeMemoryException(name, "commit", markBytes, error);
        }

        // Advised over the whole reservation, so that its committed part stays one mapping as it grows.
        AddressSpace.PreferHugePages(Base, (nuint)ReservedBytes);
    }

    ~NativeRegion() => Free();

    /// <summary>Bytes committed by all live regions of the process.</summary>
    public static long TotalCommittedBytes => NativeMemoryUse.RegionBytes;

    /// <summary>What the region holds.</summary>
    public string Name { get; }

    /// <summary>The first byte; never moves.</summary>
    public byte* Base { get; }

    /// <summary>The most bytes it can hold.</summary>
    public long ReservedBytes { get; }

    /// <summary>Bytes from <see cref="Base"/> that may be touched.</summary>
    public long CommittedBytes => Volatile.Read(ref committedBytes);

    /// <summary>Makes at least the first <paramref name="bytes"/> bytes usable; what is new is zero. Cheap when they are already.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> exceeds <see cref="ReservedBytes"/>.</exception>
    /// <exception cref="NativeMemoryException">The system refused; what was committed before stays usable.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnsureCommitted(long bytes)
    {
        if (bytes > Volatile.Read(ref committedBytes))
        {
            Grow(bytes);
        }
    }

    /// <summary>
    /// Gives memory back behind the first <paramref name="bytes"/> bytes. What is behind them is zero when the region
    /// grows there again, and reads as zero until then.
    /// </summary>
    /// <remarks>Nobody may write there meanwhile, and nobody may still need what is there.</remarks>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public void Shrink(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (growth)
        {
            ObjectDisposedException.ThrowIf(reservation == 0, this);
            var committed = committedBytes;
            if (bytes >= committed)
            {
                return;
            }

            var step = bytes < HugePageBytes && placement is not { HasFile: true } ? FirstCommitBytes : HugePageBytes;
            var kept = Math.Min(committed, RoundUp(bytes, step));
            Clear(bytes, kept);
            if (kept < committed)
            {
                AddressSpace.Renew(Base + kept, (nuint)(committed - kept));
                placement?.Dropped(kept, committed);
                NativeMemoryUse.CountRegion(kept - committed);
                Volatile.Write(ref committedBytes, kept);
            }
        }
    }

    /// <summary>Makes a part of the region zero and gives back the memory of its whole pages; it stays usable.</summary>
    /// <remarks>Nobody may write there meanwhile, and nobody may still need what is there.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The part is not committed.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public void Discard(long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (growth)
        {
            ObjectDisposedException.ThrowIf(reservation == 0, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + bytes, committedBytes);
            var end = offset + bytes;
            var firstPage = Math.Min(end, RoundUp(offset, Environment.SystemPageSize));
            var lastPage = Math.Max(firstPage, end / Environment.SystemPageSize * Environment.SystemPageSize);
            if (placement is { HasFile: true })
            {
                placement.Clear(offset, end);
                return;
            }

            NativeMemory.Clear(Base + offset, (nuint)(firstPage - offset));
            NativeMemory.Clear(Base + lastPage, (nuint)(end - lastPage));
            if (lastPage > firstPage)
            {
                AddressSpace.Renew(Base + firstPage, (nuint)(lastPage - firstPage));
            }
        }
    }

    /// <summary>
    /// From now on what grows or is written to lies in a file, which the region owns and closes; what lies in memory follows
    /// by <see cref="MoveNext"/>. The writer's thread.
    /// </summary>
    public void UseFile(IRegionBacking file)
    {
        lock (growth)
        {
            ObjectDisposedException.ThrowIf(reservation == 0, this);
            placement ??= new RegionPlacement(Base);
            placement.UseFile(file);
        }
    }

    /// <summary>Everything is to lie in memory again, and comes there by <see cref="MoveNext"/>. The writer's thread.</summary>
    public void UseMemory()
    {
        lock (growth)
        {
            placement?.UseMemory();
        }
    }

    /// <summary>
    /// Whether a part is in memory though it should lie in the file, because the disk has no room; cleared by a
    /// <see cref="MoveNext"/> that finds some.
    /// </summary>
    public bool IsShortOfFile => placement is { IsShort: true };

    /// <summary>Moves the next huge page that lies in the wrong place, in well under a millisecond if the disk does not hold it up. The writer's thread.</summary>
    /// <returns>False when there is none left, or none that can move now.</returns>
    public bool MoveNext()
    {
        if (placement is not { } placed)
        {
            return false;
        }

        lock (growth)
        {
            return reservation != 0 && placed.MoveNext(committedBytes);
        }
    }

    /// <summary>
    /// Lets go of pages in memory that the file holds too: whoever looks there gets them from it again. Any thread.
    /// </summary>
    public void LetFilePagesGo()
    {
        lock (growth)
        {
            if (reservation != 0)
            {
                placement?.LetFilePagesGo(committedBytes);
            }
        }
    }

    /// <summary>Notes that an unchanging file was mapped over a part, privately: a write there must not fill memory if the region is to lie in a file.</summary>
    public void NoteMapped(long offset, long bytes)
    {
        lock (growth)
        {
            placement ??= new RegionPlacement(Base);
            placement.NoteForeign(offset, bytes);
        }
    }

    /// <summary>Makes ready to write to a part. The writer's thread, before each write, if the region may lie in a file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrepareWrite(long offset, long length)
    {
        if (placement is { } placed && placed.NeedsPreparation(offset, length))
        {
            lock (growth)
            {
                placed.PrepareWrite(offset, length, committedBytes);
            }
        }
    }

    /// <summary>Notes that <paramref name="length"/> bytes at <paramref name="offset"/> have been written. Call it after the write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkDirty(long offset, long length)
    {
        Debug.Assert(offset >= 0 && length >= 0 && offset + length <= CommittedBytes, "only committed bytes can be dirty");
        var first = offset >> ChunkShift;
        var last = (offset + length - 1) >> ChunkShift;
        Volatile.Write(ref marks[first], 1);
        if (last > first)
        {
            MarkUpTo(first, last);
        }
    }

    /// <summary>Whether chunk <paramref name="chunk"/> has been marked since it was last collected.</summary>
    public bool IsDirty(int chunk) => Volatile.Read(ref marks[chunk]) != 0;

    /// <summary>Appends the indexes of the marked chunks, ascending, and clears their marks. Copy the chunks after, not before.</summary>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public void CollectDirty(List<int> chunks)
    {
        lock (growth)
        {
            ObjectDisposedException.ThrowIf(reservation == 0, this);
            var count = (int)(RoundUp(committedBytes, ChunkBytes) / ChunkBytes);
            for (var chunk = 0; chunk < count; chunk++)
            {
                if (Volatile.Read(ref marks[chunk]) != 0 && Interlocked.Exchange(ref marks[chunk], 0) != 0)
                {
                    chunks.Add(chunk);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (growth)
        {
            Free();
        }

        GC.SuppressFinalize(this);
    }

    private static long RoundUp(long value, long step) => (value + step - 1) / step * step;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, ReservedBytes);
        lock (growth)
        {
            ObjectDisposedException.ThrowIf(reservation == 0, this);
            var committed = committedBytes;
            if (bytes <= committed)
            {
                return;
            }

            var target = Target(committed, bytes);
            if (!AddressSpace.Commit(Base + committed, (nuint)(target - committed)))
            {
                throw new NativeMemoryException(Name, "commit", target - committed, Marshal.GetLastPInvokeError());
            }

            placement?.Grown(committed, target);
            NativeMemoryUse.CountRegion(target - committed);
            Volatile.Write(ref committedBytes, target);
        }
    }

    /// <summary>Doubling up to one huge page, then by an eighth in whole huge pages; never beyond the reservation.</summary>
    private long Target(long committed, long bytes)
    {
        if (bytes < HugePageBytes)
        {
            var small = Math.Max(committed * 2, RoundUp(bytes, FirstCommitBytes));
            return Math.Min(small, HugePageBytes);
        }

        var grown = RoundUp(Math.Max(bytes, committed + (committed / GrowthDivisor)), HugePageBytes);
        return Math.Min(grown, ReservedBytes);
    }

    private void Clear(long from, long to)
    {
        if (placement is { } placed)
        {
            placed.Clear(from, to);
        }
        else
        {
            NativeMemory.Clear(Base + from, (nuint)(to - from));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MarkUpTo(long first, long last)
    {
        for (var chunk = first + 1; chunk <= last; chunk++)
        {
            Volatile.Write(ref marks[chunk], 1);
        }
    }

    private void Free()
    {
        var freed = Interlocked.Exchange(ref reservation, 0);
        if (freed != 0)
        {
            AddressSpace.Release((byte*)freed, reservationBytes);
            placement?.Dispose();
            NativeMemoryUse.CountRegion(-committedBytes);
            Volatile.Write(ref committedBytes, 0);
        }
    }
}
