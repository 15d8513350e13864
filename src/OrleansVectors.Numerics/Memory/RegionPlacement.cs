using System.Runtime.InteropServices;

namespace OrleansVectors.Numerics.Memory;

/// <summary>
/// Where the parts of one region lie: in memory that only this process has, or in the pages of a file, which the system
/// writes out and drops when it wants the memory.
/// </summary>
/// <remarks>
/// Units of a huge page. Whoever reads is not disturbed when a unit moves: the new pages hold the same bytes and take the
/// old ones' addresses in one step. Nobody may write meanwhile, so the region's one writer does the moving. A file that
/// has no room leaves units in memory (<see cref="IsShort"/>): no write fails, and later moves try again. Room on the disk
/// is there before a mapping is touched, since a page without any would kill the process.
/// </remarks>
internal sealed unsafe class RegionPlacement(byte* start)
{
    private const long UnitBytes = NativeRegion.HugePageBytes;

    private UnitPlace[] units = [];
    private IRegionBacking? backing;
    private long next;
    private bool failed;
    private bool wantsFile;

    private enum UnitPlace : byte
    {
        /// <summary>Anonymous pages.</summary>
        Memory,

        /// <summary>Pages of the backing file.</summary>
        File,

        /// <summary>Addresses of the backing file that have no room on the disk and read as zero.</summary>
        Hole,

        /// <summary>Pages that somebody mapped, of a file that does not change; those that were written to are anonymous.</summary>
        Foreign,
    }

    /// <summary>Whether there is a file that units may lie in.</summary>
    public bool HasFile => backing is not null;

    /// <summary>Whether some unit is in memory because the file has no room for it.</summary>
    public bool IsShort { get; private set; }

    /// <summary>From now on what grows, and what is written to, lies in the file.</summary>
    public void UseFile(IRegionBacking file)
    {
        if (backing is not null)
        {
            file.Dispose();
        }

        backing ??= file;
        wantsFile = true;
        Restart();
    }

    /// <summary>From now on everything is to lie in memory.</summary>
    public void UseMemory()
    {
        wantsFile = false;
        IsShort = false;
        Restart();
    }

    /// <summary>Notes that somebody mapped an unchanging file there.</summary>
    public void NoteForeign(long offset, long bytes) => Set(offset / UnitBytes, (offset + bytes + UnitBytes - 1) / UnitBytes, UnitPlace.Foreign);

    /// <summary>Takes up a part that was just committed and is zero.</summary>
    public void Grown(long from, long to)
    {
        var first = (from + UnitBytes - 1) / UnitBytes;
        var end = (to + UnitBytes - 1) / UnitBytes;
        if (!wantsFile || first >= end)
        {
            return;
        }

        if (TryPlace(first, end))
        {
            Set(first, end, UnitPlace.File);
        }
        else
        {
            Set(first, end, UnitPlace.Memory);
            IsShort = true;
        }
    }

    /// <summary>Forgets a part behind the end, where fresh memory has been put.</summary>
    public void Dropped(long from, long to)
    {
        for (var unit = (from + UnitBytes - 1) / UnitBytes; unit * UnitBytes < to && unit < units.Length; unit++)
        {
            if (units[unit] == UnitPlace.File)
            {
                backing!.Release(unit * UnitBytes, UnitBytes);
            }

            units[unit] = UnitPlace.Memory;
        }
    }

    /// <summary>Makes a part zero; whole units of the file give their room back.</summary>
    public void Clear(long from, long to)
    {
        while (from < to)
        {
            var unit = from / UnitBytes;
            var end = Math.Min(to, (unit + 1) * UnitBytes);
            var place = PlaceOf(unit);
            if (place == UnitPlace.File && end - from == UnitBytes)
            {
                backing!.Release(from, UnitBytes);
                units[unit] = UnitPlace.Hole;
            }
            else if (place != UnitPlace.Hole)
            {
                NativeMemory.Clear(start + from, (nuint)(end - from));
            }

            from = end;
        }
    }

    /// <summary>Whether a write there must not begin before <see cref="PrepareWrite"/>.</summary>
    public bool NeedsPreparation(long offset, long bytes) =>
        PlaceOf(offset / UnitBytes) is UnitPlace.Hole or UnitPlace.Foreign || PlaceOf((offset + bytes - 1) / UnitBytes) is UnitPlace.Hole or UnitPlace.Foreign;

    /// <summary>Makes a part writable in the place where it is to lie.</summary>
    public void PrepareWrite(long offset, long bytes, long committedBytes)
    {
        for (var unit = offset / UnitBytes; unit <= (offset + bytes - 1) / UnitBytes; unit++)
        {
            if (PlaceOf(unit) == UnitPlace.Hole && !backing!.TryAllocate(unit * UnitBytes, UnitBytes))
            {
                AddressSpace.Renew(start + (unit * UnitBytes), (nuint)UnitBytes);
                units[unit] = UnitPlace.Memory;
                IsShort = true;
            }
            else if (PlaceOf(unit) == UnitPlace.Hole)
            {
                units[unit] = UnitPlace.File;
            }
            else if (wantsFile && PlaceOf(unit) == UnitPlace.Foreign)
            {
                IsShort |= !TryMoveToFile(unit, committedBytes);
            }
        }
    }

    /// <summary>Moves the next unit that lies in the wrong place.</summary>
    /// <returns>False when there is none, or none that can move now.</returns>
    public bool MoveNext(long committedBytes)
    {
        var end = Math.Min(units.Length, (committedBytes + UnitBytes - 1) / UnitBytes);
        if (wantsFile)
        {
            Set(end, (committedBytes + UnitBytes - 1) / UnitBytes, UnitPlace.Memory);
            end = (committedBytes + UnitBytes - 1) / UnitBytes;
        }

        for (; next < end; next++)
        {
            var place = PlaceOf(next);
            if (wantsFile ? place == UnitPlace.Memory : place is UnitPlace.File or UnitPlace.Hole)
            {
                if (wantsFile ? TryMoveToFile(next, committedBytes) : TryMoveToMemory(next, committedBytes))
                {
                    next++;
                    return true;
                }

                failed = true;
                break; // the next one would meet the same lack
            }
        }

        IsShort = wantsFile && failed;
        if (!wantsFile && !failed)
        {
            backing?.Dispose();
            backing = null;
        }

        Restart();
        return false;
    }

    /// <summary>Lets go of the file's pages that are in memory; others' private pages are none of them.</summary>
    public void LetFilePagesGo(long committedBytes)
    {
        var end = Math.Min(units.Length, committedBytes / UnitBytes);
        for (long first = 0; first < end; first++)
        {
            var last = first;
            while (last < end && units[last] == UnitPlace.File)
            {
                last++;
            }

            if (last > first)
            {
                AddressSpace.LetGo(start + (first * UnitBytes), (nuint)((last - first) * UnitBytes));
                first = last;
            }
        }
    }

    /// <summary>Closes the file, when the addresses have been given back.</summary>
    public void Dispose() => backing?.Dispose();

    private void Restart()
    {
        next = 0;
        failed = false;
    }

    private UnitPlace PlaceOf(long unit) => unit < units.Length ? units[unit] : UnitPlace.Memory;

    private void Set(long first, long end, UnitPlace place)
    {
        if (end > units.Length)
        {
            Array.Resize(ref units, (int)Math.Max(end, units.Length + (units.Length / 2)));
        }

        for (var unit = first; unit < end; unit++)
        {
            units[unit] = place;
        }
    }

    private bool TryMoveToFile(long unit, long committedBytes)
    {
        var offset = unit * UnitBytes;
        var used = new ReadOnlySpan<byte>(start + offset, (int)Math.Min(UnitBytes, committedBytes - offset));
        if (!backing!.TryAllocate(offset, UnitBytes) || !backing.TryWrite(offset, used) || !Map(offset, UnitBytes))
        {
            return false;
        }

        Set(unit, unit + 1, UnitPlace.File);
        return true;
    }

    private bool TryMoveToMemory(long unit, long committedBytes)
    {
        var offset = unit * UnitBytes;
        var used = Math.Min(UnitBytes, committedBytes - offset);
        if (!AddressSpace.TryCopyOver(start + offset, (nuint)UnitBytes, (nuint)used))
        {
            return false;
        }

        backing!.Release(offset, UnitBytes);
        units[unit] = UnitPlace.Memory;
        return true;
    }

    private bool TryPlace(long firstUnit, long endUnit) =>
        backing!.TryAllocate(firstUnit * UnitBytes, (endUnit - firstUnit) * UnitBytes) && Map(firstUnit * UnitBytes, (endUnit - firstUnit) * UnitBytes);

    private bool Map(long offset, long bytes)
    {
        if (!backing!.TryMap((nint)(start + offset), offset, bytes))
        {
            return false;
        }

        if (backing.IsReadAtRandom)
        {
            AddressSpace.ReadAtRandom(start + offset, (nuint)bytes);
        }

        return true;
    }
}
