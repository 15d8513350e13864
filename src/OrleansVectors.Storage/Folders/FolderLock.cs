using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OrleansVectors.Storage.Folders;

/// <summary>
/// Keeps other processes (and other holders in this one) out of a folder for as long as it is not disposed.
/// </summary>
/// <remarks>
/// The lock belongs to an open file, not to the file's existence: it ends with the process, however that dies, and the
/// file named <see cref="FileName"/> stays. The file holds the holder's process id for the message of the next one.
/// </remarks>
public sealed class FolderLock : IDisposable
{
    /// <summary>The file that carries the lock.</summary>
    public const string FileName = "LOCK";

    private readonly SafeFileHandle _handle;

    private FolderLock(SafeFileHandle handle) => _handle = handle;

    /// <summary>Takes the lock of a folder, creating the folder if need be. Never waits.</summary>
    /// <exception cref="FolderLockedException">Someone has it.</exception>
    public static FolderLock Acquire(string folder)
    {
        FolderCreation.Ensure(folder);
        string path = Path.Combine(folder, FileName);
        SafeFileHandle handle = OperatingSystem.IsWindows() ? LockOnWindows(folder, path, FileMode.OpenOrCreate, FileAccess.ReadWrite) : LockElsewhere(folder, path);
        byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        RandomAccess.SetLength(handle, 0);
        RandomAccess.Write(handle, text, 0);
        return new FolderLock(handle);
    }

    /// <summary>
    /// Takes the lock of a folder that is only going to be looked at: nothing is created or written, so the file goes on naming
    /// whoever held the lock before. Where there is no file yet nobody has ever held it, and nobody is kept out.
    /// </summary>
    /// <exception cref="FolderLockedException">Someone has it.</exception>
    public static FolderLock? AcquireForReading(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return !File.Exists(path) ? null
            : new FolderLock(OperatingSystem.IsWindows()
                ? LockOnWindows(folder, path, FileMode.Open, FileAccess.Read)
                : Lock(folder, Posix.OpenUnlocked(path, FileAccess.Read)));
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle LockElsewhere(string folder, string path)
    {
        CreateIfMissing(path);
        return Lock(folder, Posix.OpenUnlocked(path));
    }

    private static SafeFileHandle Lock(string folder, SafeFileHandle handle)
    {
        if (Posix.TryLock(handle))
        {
            return handle;
        }

        using (handle)
        {
            throw new FolderLockedException(folder, ReadHolder(handle));
        }
    }

    private static SafeFileHandle LockOnWindows(string folder, string path, FileMode mode, FileAccess access)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        try
        {
            return File.OpenHandle(path, mode, access, FileShare.Read);
        }
        catch (IOException error) when (error.HResult == SharingViolation)
        {
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            throw new FolderLockedException(folder, ReadHolder(handle));
        }
    }

    private static void CreateIfMissing(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // It was there already; whether someone holds it is found out next.
        }
    }

    private static int? ReadHolder(SafeFileHandle handle)
    {
        Span<byte> text = stackalloc byte[16];
        int read = RandomAccess.Read(handle, text, 0);
        return int.TryParse(text[..read].TrimEnd((byte)'\n'), NumberStyles.None, null, out int id) ? id : null;
    }
}
