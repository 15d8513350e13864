namespace OrleansVectors.Storage.Log;

/// <summary>An open log file. The seam through which tests make disks fail.</summary>
/// <remarks>Every member reports failure by <see cref="IOException"/> with the system's error number as HResult.</remarks>
public interface ILogFile : IDisposable
{
    /// <summary>Size of the file in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to the buffer's size at an offset; returns the bytes read, 0 at the end.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all bytes at an offset. After a failure any part of them may be in the file.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts or (with zeros) extends the file.</summary>
    void SetLength(long length);

    /// <summary>
    /// Extends the file by zeros that own their disk blocks, so that later flushes need not record a new size. False
    /// where the system cannot; that and a full disk are no failure, the write itself will tell.
    /// </summary>
    bool TryPreallocate(long length);

    /// <summary>Returns when every written byte and the size are on the disk.</summary>
    void Flush();
}
