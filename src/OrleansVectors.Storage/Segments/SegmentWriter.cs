using Microsoft.Win32.SafeHandles;
using OrleansVectors.Storage.Checksums;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Segments;

/// <summary>Writes one segment file, chunk by chunk. A file that is not completed is deleted.</summary>
/// <remarks>
/// The file has its final name from the start: nothing refers to it before a manifest does, and a manifest is written
/// after <see cref="Complete"/>. What a crash leaves is found as garbage by the next collection.
/// </remarks>
public sealed class SegmentWriter : IDisposable
{
    /// <summary>
    /// Flush behind every so many bytes: one flush of gigabytes at the end would keep the log's small flushes waiting.
    /// </summary>
    private const long FlushEveryBytes = 16 << 20;

    private readonly SafeFileHandle _file;
    private readonly List<ChunkRef> _chunks = [];
    private long _end = SegmentFormat.PageBytes;
    private long _flushed;
    private bool _completed;

    internal SegmentWriter(string folder, SegmentId id)
    {
        Id = id;
        Path = System.IO.Path.Combine(folder, SegmentFormat.FileName(id));
        _file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
    }

    /// <summary>The segment's number.</summary>
    public SegmentId Id { get; }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The file's size so far, in bytes.</summary>
    public long Length => _end;

    /// <summary>Appends a chunk.</summary>
    /// <param name="bytes">1 to <see cref="SegmentFormat.ChunkBytesMax"/> bytes.</param>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public ChunkRef Append(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bytes.Length, nameof(bytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, SegmentFormat.ChunkBytesMax, nameof(bytes));
        ObjectDisposedException.ThrowIf(_completed, this);

        // The gap up to the next page stays a hole, which reads as zeros.
        ChunkRef chunk = new(Id, _end, bytes.Length, Crc32C.Compute(bytes));
        RandomAccess.Write(_file, bytes, _end);
        _chunks.Add(chunk);
        _end = SegmentFormat.AlignUp(_end + bytes.Length);
        if (_end - _flushed >= FlushEveryBytes)
        {
            Posix.FlushData(_file);
            _flushed = _end;
        }

        return chunk;
    }

    /// <summary>Writes header and table. The file is on the disk when this returns, and never changes again.</summary>
    /// <exception cref="IOException">The disk is full or fails; the file is worthless.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        byte[] footer = new byte[(_chunks.Count * SegmentFormat.TableEntryBytes) + SegmentFormat.TrailerBytes];
        Span<byte> table = footer.AsSpan(0, footer.Length - SegmentFormat.TrailerBytes);
        for (int i = 0; i < _chunks.Count; i++)
        {
            SegmentFormat.WriteTableEntry(table[(i * SegmentFormat.TableEntryBytes)..], _chunks[i]);
        }

        SegmentFormat.WriteTrailer(
            footer.AsSpan(table.Length), new SegmentTrailer(_end, _chunks.Count, Crc32C.Compute(table)));
        RandomAccess.Write(_file, footer, _end);

        Span<byte> header = stackalloc byte[SegmentFormat.HeaderBytes];
        SegmentFormat.WriteHeader(header, Id);
        RandomAccess.Write(_file, header, 0);

        Posix.FlushData(_file);
        Posix.FlushFolder(System.IO.Path.GetDirectoryName(Path)!);
        _end += footer.Length;
        _completed = true;
        _file.Dispose();
    }

    /// <summary>Deletes the file unless it was completed. Where the disk does not let go of it, the next collection does.</summary>
    public void Dispose()
    {
        if (!_completed)
        {
            _completed = true;
            _file.Dispose();
            try
            {
                File.Delete(Path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Nothing refers to it.
            }
        }
    }
}
