using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansVectors.Storage.Folders;

/// <summary>The system calls .NET has no name for. Each says what happens on systems that lack the call.</summary>
internal static partial class Posix
{
    private const int NoEntry = 2;
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;
    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int MapShared = 0x01;
    private const int MapPrivate = 0x02;
    private const int MapFixed = 0x10;

    // These constants are the same on Linux and macOS but for this one.
    private static readonly int CloseOnExec = OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;

    /// <summary>Flushes a file's bytes and size, not its times. Elsewhere than on Linux: .NET's full flush.</summary>
    public static void FlushData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
        }
        else if (FDataSync(file) != 0)
        {
            throw LastError("flush a file");
        }
    }

    /// <summary>Gives a file zero-filled disk blocks up to a size. False where that is not possible.</summary>
    public static bool TryAllocate(SafeFileHandle file, long length)
    {
        long now = RandomAccess.GetLength(file);
        return OperatingSystem.IsLinux() && length > now && FAllocate(file, 0, now, length - now) == 0;
    }

    /// <summary>Gives a part of a file zero-filled disk blocks where it has none. Linux only; false when there are none left.</summary>
    public static bool TryAllocate(SafeFileHandle file, long offset, long length)
    {
        // The library's call, not the kernel's: where a file system cannot allocate, it writes.
        return PosixFAllocate(file, (nint)offset, (nint)length) == 0;
    }

    /// <summary>Gives the disk blocks of a part of a file back, if the file system can. Linux only.</summary>
    public static void Release(SafeFileHandle file, long offset, long length)
    {
        const int KeepSize = 1;
        const int PunchHole = 2;
        _ = FAllocate(file, KeepSize | PunchHole, (nint)offset, (nint)length);
    }

    /// <summary>Puts a shared mapping of a part of a file over existing address space. False when the system refuses. Not for Windows.</summary>
    public static bool TryMapShared(nint address, nint length, SafeFileHandle file, long offset)
        => MMap(address, length, ProtectRead | ProtectWrite, MapShared | MapFixed, file, (nint)offset) == address;

    /// <summary>Makes creations, renames and deletions in a folder durable. Windows does so by itself.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using SafeFileHandle handle = Open(folder, ReadOnly | CloseOnExec);
        if (handle.IsInvalid && Marshal.GetLastPInvokeError() == NoEntry)
        {
            throw new DirectoryNotFoundException($"The folder '{folder}' has gone.");
        }

        if (handle.IsInvalid || FSync(handle) != 0)
        {
            throw LastError($"flush the folder '{folder}'");
        }
    }

    /// <summary>Gives a file a second name if nothing has that name, in one step.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder of the new name is not there.</exception>
    public static LinkOutcome Link(string path, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return LinkOutcome.Unsupported;
        }

        if (LinkNames(path, name) == 0)
        {
            return LinkOutcome.Linked;
        }

        const int NotPermitted = 1;
        const int Exists = 17;
        const int TooManyLinks = 31;
        int notSupported = OperatingSystem.IsLinux() ? 95 : 45;
        int notImplemented = OperatingSystem.IsLinux() ? 38 : 78;
        int error = Marshal.GetLastPInvokeError();
        return error switch
        {
            Exists => LinkOutcome.NameTaken,
            NoEntry => throw new DirectoryNotFoundException($"Cannot name a file '{name}': {Marshal.GetPInvokeErrorMessage(error)}."),
            NotPermitted or TooManyLinks => LinkOutcome.Unsupported,
            _ when error == notSupported || error == notImplemented => LinkOutcome.Unsupported,
            _ => throw Error(error, $"name a file '{name}'"),
        };
    }

    /// <summary>
    /// Opens an existing file in a way that child processes do not inherit and that takes no lock, as .NET's own
    /// opening does. Not for Windows.
    /// </summary>
    public static SafeFileHandle OpenUnlocked(string path, FileAccess access = FileAccess.ReadWrite)
    {
        SafeFileHandle handle = Open(path, (access == FileAccess.Read ? ReadOnly : ReadWrite) | CloseOnExec);
        return handle.IsInvalid ? throw LastError($"open '{path}'") : handle;
    }

    /// <summary>
    /// Takes a file's exclusive lock, which goes with the last handle, so it ends with the process however that dies.
    /// False when someone else has it. Not for Windows.
    /// </summary>
    public static bool TryLock(SafeFileHandle file)
    {
        if (FLock(file, LockExclusive | LockWithoutWaiting) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        int wouldBlock = OperatingSystem.IsLinux() ? 11 : 35;
        return error == wouldBlock ? false : throw Error(error, "lock a file");
    }

    /// <summary>
    /// Puts a private copy-on-write mapping of a part of a file over existing address space. False where the system
    /// has no such call, or will have no more mappings (vm.max_map_count): what was there is still there then.
    /// </summary>
    public static bool TryMapOver(nint address, nint length, SafeFileHandle file, long offset)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        nint mapped = MMap(address, length, ProtectRead | ProtectWrite, MapPrivate | MapFixed, file, (nint)offset);
        if (mapped == address)
        {
            return true;
        }

        const int NoMemory = 12;
        return Marshal.GetLastPInvokeError() != NoMemory ? throw LastError($"map {length} bytes of a file") : false;
    }

    /// <summary>Whether a failure says that the disk, or the user's share of it, is full.</summary>
    public static bool IsDiskFull(Exception error)
    {
        const int NoSpace = 28;
        int overQuota = OperatingSystem.IsLinux() ? 122 : 69;
        const int WindowsDiskFull = unchecked((int)0x80070070);
        const int WindowsHandleDiskFull = unchecked((int)0x80070027);
        return error is IOException && (OperatingSystem.IsWindows()
            ? error.HResult is WindowsDiskFull or WindowsHandleDiskFull
            : error.HResult == NoSpace || error.HResult == overQuota);
    }

    private static IOException LastError(string action) => Error(Marshal.GetLastPInvokeError(), action);

    private static IOException Error(int error, string action)
        => new($"Cannot {action}: {Marshal.GetPInvokeErrorMessage(error)}.", error);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int PosixFAllocate(SafeFileHandle file, nint offset, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkNames(string path, string name);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MMap(nint address, nint length, int protection, int flags, SafeFileHandle file, nint offset);
}
