using Microsoft.Win32.SafeHandles;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Log;

internal sealed class DiskLogFile : ILogFile
{
    private readonly SafeFileHandle _handle;

    public DiskLogFile(string path, FileMode mode, FileAccess access)
        => _handle = File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_handle, buffer, offset);

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_handle, bytes, offset);

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public bool TryPreallocate(long length) => Posix.TryAllocate(_handle, length);

    public void Flush() => Posix.FlushData(_handle);

    public void Dispose() => _handle.Dispose();
}
