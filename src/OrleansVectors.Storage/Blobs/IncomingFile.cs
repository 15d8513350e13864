using Microsoft.Win32.SafeHandles;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Blobs;

/// <summary>
/// A file that a blob is copied to: it has its name once it is whole and on the disk, and when that does not come to pass there
/// is no file of that name, not an earlier one either, so that nobody takes that for the blob.
/// </summary>
internal sealed class IncomingFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly SafeFileHandle _file;
    private long _bytes;
    private bool _completed;

    public IncomingFile(string path)
    {
        _path = Path.GetFullPath(path);

        // A name of its own: two copies to one place may be under way at once.
        _temporary = $"{_path}.{Guid.NewGuid():N}{AtomicFile.TemporaryExtension}";
        _file = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, _bytes);
        _bytes += bytes.Length;
    }

    /// <summary>Forgets what was appended.</summary>
    public void Restart()
    {
        RandomAccess.SetLength(_file, 0);
        _bytes = 0;
    }

    public void Complete()
    {
        Posix.FlushData(_file);
        _file.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        Posix.FlushFolder(Path.GetDirectoryName(_path)!);
        _completed = true;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_completed)
        {
            File.Delete(_temporary);
            File.Delete(_path);
        }
    }
}
