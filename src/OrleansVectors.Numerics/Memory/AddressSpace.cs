using System.Runtime.InteropServices;

namespace OrleansVectors.Numerics.Memory;

/// <summary>
/// The operating system's calls to reserve addresses without memory behind them, to put memory behind a part, and to
/// give all of it back. Each returns 0 or null on success as documented, and leaves the error number to the caller.
/// </summary>
internal static unsafe partial class AddressSpace
{
    private const int ProtectNone = 0;
    private const int ProtectReadWrite = 1 | 2;
    private const int MapPrivate = 2;
    private const int MapFixed = 0x10;
    private const int LinuxMapAnonymousNoReserve = 0x20 | 0x4000;
    private const int MacMapAnonymousNoReserve = 0x1000 | 0x40;
    private const int AdviceRandom = 1;
    private const int AdviceNotNeeded = 4;
    private const int AdviceHugePage = 14;
    private const int MoveMayMove = 1;
    private const int MoveFixed = 2;
    private const uint WindowsReserve = 0x2000;
    private const uint WindowsCommit = 0x1000;
    private const uint WindowsRelease = 0x8000;
    private const uint WindowsNoAccess = 1;
    private const uint WindowsReadWrite = 4;

    /// <summary>Reserves addresses that no memory is behind; touching them faults.</summary>
    /// <returns>The first address, or 0 when refused.</returns>
    public static nint Reserve(nuint bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            return (nint)VirtualAlloc(null, bytes, WindowsReserve, WindowsNoAccess);
        }

        var flags = MapPrivate | (OperatingSystem.IsMacOS() ? MacMapAnonymousNoReserve : LinuxMapAnonymousNoReserve);
        var address = (nint)Map(null, bytes, ProtectNone, flags, -1, 0);
        return address == -1 ? 0 : address;
    }

    /// <summary>Puts zeroed memory behind a page-aligned part of a reservation.</summary>
    /// <returns>Whether the system granted it.</returns>
    public static bool Commit(byte* address, nuint bytes) =>
        OperatingSystem.IsWindows()
            ? VirtualAlloc(address, bytes, WindowsCommit, WindowsReadWrite) != null
            : Protect(address, bytes, ProtectReadWrite) == 0;

    /// <summary>Asks for huge pages where the system has such advice; a refusal is harmless.</summary>
    public static void PreferHugePages(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(address, bytes, AdviceHugePage);
        }
    }

    /// <summary>
    /// Gives back the memory behind a page-aligned part that was committed, whatever is mapped there, and leaves fresh
    /// zeroed pages in its place: who still looks there reads zeros. Where the system has no such call the part is cleared.
    /// </summary>
    public static void Renew(byte* address, nuint bytes)
    {
        if (!OperatingSystem.IsWindows())
        {
            var flags = MapPrivate | MapFixed | (OperatingSystem.IsMacOS() ? MacMapAnonymousNoReserve : LinuxMapAnonymousNoReserve);
            if (Map(address, bytes, ProtectReadWrite, flags, -1, 0) == address)
            {
                PreferHugePages(address, bytes);
                return;
            }
        }

        NativeMemory.Clear(address, bytes);
    }

    /// <summary>
    /// Lets go of the pages of a shared mapping of a file: the file keeps them, and whoever looks there gets them again. A
    /// refusal is harmless.
    /// </summary>
    public static void LetGo(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(address, bytes, AdviceNotNeeded);
        }
    }

    /// <summary>Says that pages of a file will be touched out of order; a refusal is harmless.</summary>
    public static void ReadAtRandom(byte* address, nuint bytes)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Advise(address, bytes, AdviceRandom);
        }
    }

    /// <summary>
    /// Puts anonymous memory, in huge pages if possible, in the place of what is mapped at an aligned part, with the same
    /// first bytes and zeros behind them. Who looks there sees one or the other. Linux only.
    /// </summary>
    /// <returns>False when the system refuses; what was there still is.</returns>
    public static bool TryCopyOver(byte* address, nuint bytes, nuint usedBytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        // Twice the size, to find an aligned part in it: huge pages move whole between aligned addresses only.
        var spare = Map(null, 2 * bytes, ProtectReadWrite, MapPrivate | LinuxMapAnonymousNoReserve, -1, 0);
        if ((nint)spare == -1)
        {
            return false;
        }

        var copy = (byte*)(((nuint)spare + bytes - 1) / bytes * bytes);
        PreferHugePages(copy, bytes);
        Buffer.MemoryCopy(address, copy, bytes, usedBytes);
        var moved = Remap(copy, bytes, bytes, MoveMayMove | MoveFixed, address) == address;
        if (moved)
        {
            // Two calls around the gap: something else may have been mapped into it already.
            ReleasePart((byte*)spare, copy);
            ReleasePart(copy + bytes, (byte*)spare + (2 * bytes));
        }
        else
        {
            ReleasePart((byte*)spare, (byte*)spare + (2 * bytes));
        }

        return moved;
    }

    /// <summary>Gives a whole reservation back.</summary>
    public static void Release(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            _ = VirtualFree(address, 0, WindowsRelease);
        }
        else
        {
            _ = Unmap(address, bytes);
        }
    }

    private static void ReleasePart(byte* from, byte* to)
    {
        if (to > from)
        {
            _ = Unmap(from, (nuint)(to - from));
        }
    }

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    private static partial void* Remap(void* old, nuint oldLength, nuint length, int flags, void* address);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
