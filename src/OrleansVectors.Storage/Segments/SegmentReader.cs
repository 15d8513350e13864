using System.Buffers;
using Microsoft.Win32.SafeHandles;
using OrleansVectors.Storage.Checksums;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Segments;

/// <summary>
/// Reads a complete segment file. Opening reads its first and last bytes alone, so it takes no time that grows with the
/// data. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The idea of <see cref="MapInto"/>: a partition that opens maps all its chunks and is ready at once; pages come in as
/// they are touched; in the background someone calls <see cref="Verify"/> for each chunk, which also brings its pages
/// into the system's cache, where the mapping finds them. A mapping outlives the reader and the deletion of the file.
/// </remarks>
public sealed class SegmentReader : IDisposable
{
    private const int PieceBytes = 256 << 10;

    private readonly SafeFileHandle _file;
    private readonly SegmentTrailer _trailer;

    private SegmentReader(SegmentId id, string path, SafeFileHandle file)
    {
        Id = id;
        Path = path;
        _file = file;
        Length = RandomAccess.GetLength(file);
        if (Length < SegmentFormat.PageBytes + SegmentFormat.TrailerBytes)
        {
            throw new SegmentDamagedException(path, 0, "a complete segment", $"{Length} bytes");
        }

        Span<byte> header = stackalloc byte[SegmentFormat.HeaderBytes];
        ReadExactly(header, 0);
        SegmentFormat.CheckHeader(header, id, path);

        Span<byte> trailer = stackalloc byte[SegmentFormat.TrailerBytes];
        long offset = Length - SegmentFormat.TrailerBytes;
        ReadExactly(trailer, offset);
        _trailer = SegmentFormat.ReadTrailer(trailer, path, offset);
    }

    /// <summary>The segment's number.</summary>
    public SegmentId Id { get; }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The file's size in bytes.</summary>
    public long Length { get; }

    /// <summary>Opens a segment file.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="SegmentDamagedException">It is not a whole segment of this number.</exception>
    internal static SegmentReader Open(string folder, SegmentId id)
    {
        string path = System.IO.Path.Combine(folder, SegmentFormat.FileName(id));
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return new SegmentReader(id, path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the table of all chunks in the order they were written.</summary>
    /// <exception cref="SegmentDamagedException">The table is damaged.</exception>
    public IReadOnlyList<ChunkRef> ReadTable()
    {
        byte[] table = new byte[_trailer.Chunks * SegmentFormat.TableEntryBytes];
        ReadExactly(table, _trailer.TableOffset);
        uint crc = Crc32C.Compute(table);
        if (crc != _trailer.TableCrc)
        {
            throw new SegmentDamagedException(Path, _trailer.TableOffset, $"crc32c {_trailer.TableCrc:x8}", $"crc32c {crc:x8}");
        }

        ChunkRef[] chunks = new ChunkRef[_trailer.Chunks];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = SegmentFormat.ReadTableEntry(table.AsSpan(i * SegmentFormat.TableEntryBytes), Id);
        }

        return chunks;
    }

    /// <summary>Reads a chunk and checks it.</summary>
    /// <param name="chunk">A chunk of this segment.</param>
    /// <param name="target">At least <see cref="ChunkRef.Length"/> bytes; on damage they hold what was read.</param>
    /// <exception cref="SegmentDamagedException">It does not have the checksum it should have.</exception>
    public void Read(in ChunkRef chunk, Span<byte> target)
    {
        CheckRange(chunk);
        Span<byte> bytes = target[..chunk.Length];
        ReadExactly(bytes, chunk.Offset);
        CheckCrc(chunk, Crc32C.Compute(bytes));
    }

    /// <summary>Checks a chunk without keeping it.</summary>
    /// <exception cref="SegmentDamagedException">It does not have the checksum it should have.</exception>
    public void Verify(in ChunkRef chunk)
    {
        CheckRange(chunk);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            uint crc = 0;
            for (int done = 0; done < chunk.Length;)
            {
                Span<byte> bytes = piece.AsSpan(0, Math.Min(PieceBytes, chunk.Length - done));
                ReadExactly(bytes, chunk.Offset + done);
                crc = Crc32C.Append(crc, bytes);
                done += bytes.Length;
            }

            CheckCrc(chunk, crc);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>Checks the table and every chunk in it.</summary>
    /// <exception cref="SegmentDamagedException">The first damage found.</exception>
    public void VerifyAll()
    {
        foreach (ChunkRef chunk in ReadTable())
        {
            Verify(chunk);
        }
    }

    /// <summary>Checks that a stretch between chunks is zero, as it was written.</summary>
    /// <exception cref="SegmentDamagedException">A byte is not.</exception>
    internal void VerifyZeros(long start, long end)
    {
        Span<byte> bytes = stackalloc byte[SegmentFormat.PageBytes];
        bytes = bytes[..(int)(end - start)];
        ReadExactly(bytes, start);
        int other = bytes.IndexOfAnyExcept((byte)0);
        if (other >= 0)
        {
            throw new SegmentDamagedException(Path, start + other, "zeros up to the next page", $"byte {bytes[other]:x2}");
        }
    }

    /// <summary>
    /// Puts a chunk at an address without reading it: a private mapping of its pages, copied one by one when they are
    /// first written to. The file never changes through it. Nothing is checked; that is <see cref="Verify"/>'s part.
    /// Where pages cannot be mapped (Windows, systems with pages larger than the file's) the chunk is read instead.
    /// Neighbours in the file put at neighbouring addresses share one mapping of the system.
    /// </summary>
    /// <param name="address">
    /// Start of a page in address space that the caller owns, with room for the chunk in whole pages of
    /// <see cref="SegmentFormat.PageBytes"/>; what was there is gone. Bytes behind the chunk in its last page are zero.
    /// </param>
    /// <param name="chunk">A chunk of this segment.</param>
    /// <returns>False when the chunk was read.</returns>
    /// <exception cref="SegmentDamagedException">The file is too short for the chunk.</exception>
    /// <exception cref="IOException">The system refuses the mapping (too many of them, no memory).</exception>
    public unsafe bool MapInto(nint address, in ChunkRef chunk)
    {
        CheckRange(chunk);
        nint bytes = (nint)SegmentFormat.AlignUp(chunk.Length);
        long page = Environment.SystemPageSize;
        ArgumentOutOfRangeException.ThrowIfNotEqual(address % SegmentFormat.PageBytes, 0, nameof(address));
        bool mappable = page <= SegmentFormat.PageBytes;
        if (!mappable || !Posix.TryMapOver(address, bytes, _file, chunk.Offset))
        {
            // Safety: the caller promises these whole pages; the chunk fills them but for the last one's rest.
            Span<byte> target = new((void*)address, (int)bytes);
            ReadExactly(target[..chunk.Length], chunk.Offset);
            target[chunk.Length..].Clear();
            return false;
        }

        return true;
    }

    /// <summary>Closes the file. Mappings stay.</summary>
    public void Dispose() => _file.Dispose();

    // A mapping behind the end of a file would kill the process when it is touched, hence the check before all else.
    private void CheckRange(in ChunkRef chunk)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(chunk.Segment, Id, nameof(chunk));
        bool inside = chunk.Offset >= SegmentFormat.PageBytes
            && chunk.Offset % SegmentFormat.PageBytes == 0
            && chunk.Length is > 0 and <= SegmentFormat.ChunkBytesMax
            && SegmentFormat.AlignUp(chunk.Offset + chunk.Length) <= _trailer.TableOffset;
        if (!inside)
        {
            throw new SegmentDamagedException(
                Path, chunk.Offset, $"a chunk of {chunk.Length} bytes", $"chunks that end at byte {_trailer.TableOffset}");
        }
    }

    private void CheckCrc(in ChunkRef chunk, uint crc)
    {
        if (crc != chunk.Crc32C)
        {
            throw new SegmentDamagedException(Path, chunk.Offset, $"crc32c {chunk.Crc32C:x8}", $"crc32c {crc:x8}");
        }
    }

    private void ReadExactly(Span<byte> target, long offset)
    {
        for (int done = 0; done < target.Length;)
        {
            int read = RandomAccess.Read(_file, target[done..], offset + done);
            if (read == 0)
            {
                throw new SegmentDamagedException(Path, offset + done, $"{target.Length - done} more bytes", "the end of the file");
            }

            done += read;
        }
    }
}
