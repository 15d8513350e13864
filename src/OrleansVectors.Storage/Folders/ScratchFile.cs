using Microsoft.Win32.SafeHandles;

namespace OrleansVectors.Storage.Folders;

/// <summary>
/// Disk space in place of memory: a file without a name that goes with the process, however that ends. What is in it is
/// never read again after that, so nothing in it is flushed or checked.
/// </summary>
/// <remarks>Linux only. Offsets and lengths are whole pages.</remarks>
public sealed class ScratchFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private ScratchFile(SafeFileHandle file) => _file = file;

    /// <summary>Whether this system has what it needs.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Creates the file in a folder and takes its name away at once.</summary>
    /// <param name="path">A name for the moment between; one that a crash left there is replaced.</param>
    /// <exception cref="IOException">The folder does not take it.</exception>
    public static ScratchFile Create(string path)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            File.Delete(path);
            return new ScratchFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives a part disk blocks, so that touching a mapping of it can never fail for want of them.</summary>
    /// <returns>False when the disk, or the user's share of it, has none left.</returns>
    public bool TryAllocate(long offset, long bytes) => Posix.TryAllocate(_file, offset, bytes);

    /// <summary>Writes to a part that was allocated.</summary>
    /// <returns>False when the disk refuses.</returns>
    public bool TryWrite(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, offset);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Puts a shared mapping of a part over existing address space.</summary>
    /// <returns>False when the system has no more mappings; what was there still is.</returns>
    public bool TryMap(nint address, long offset, long bytes) => Posix.TryMapShared(address, (nint)bytes, _file, offset);

    /// <summary>Gives the disk blocks of a part back.</summary>
    public void Release(long offset, long bytes) => Posix.Release(_file, offset, bytes);

    public void Dispose() => _file.Dispose();
}
