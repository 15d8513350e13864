using System.Buffers;
using System.Buffers.Binary;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Log;

/// <summary>
/// Walks over the records of one log file in one direction and checks each: checksums, room, sequence, epoch. It stops
/// at the first that fails and says why. Memory: one buffer of the size of the largest record met.
/// </summary>
internal sealed class LogCursor(ILogFile file, LogRecordLayout layout, long start, long limit) : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private long _bufferOffset = start;
    private int _filled;

    /// <summary>Byte offset of the next record.</summary>
    public long Offset { get; private set; } = start;

    /// <summary>The header of the record the last step found.</summary>
    public LogRecordHeader Header { get; private set; }

    /// <summary>The operation the last step found; valid until the next one.</summary>
    public ReadOnlyMemory<byte> Operation { get; private set; }

    /// <summary>After <see cref="LogStep.Bad"/>: what should have been at <see cref="Offset"/>.</summary>
    public string Expected { get; private set; } = "";

    /// <summary>After <see cref="LogStep.Bad"/>: what was there.</summary>
    public string Actual { get; private set; } = "";

    /// <summary>Moves over one record, which must be the given operation (or a mark before it) of at least an epoch.</summary>
    public LogStep Next(LogSequence sequence, Epoch epoch)
    {
        if (Offset >= limit)
        {
            return LogStep.End;
        }

        if (!TryFill(layout.HeaderBytes))
        {
            return Bad($"a record header of {layout.HeaderBytes} bytes", $"{limit - Offset} bytes");
        }

        ReadOnlySpan<byte> head = Buffered(layout.HeaderBytes);
        if (!layout.TryReadHeader(head, out LogRecordHeader header))
        {
            return BadCrc("record header", Crc32C.Append(layout.Seed, head[4..]), BinaryPrimitives.ReadUInt32LittleEndian(head));
        }

        long bytes = layout.RecordBytes(header.OperationBytes);
        if (!TryFill(bytes))
        {
            return Bad($"a record of {bytes} bytes", $"{limit - Offset} bytes");
        }

        ReadOnlySpan<byte> body = Buffered((int)bytes)[layout.HeaderBytes..];
        uint crc = Crc32C.Append(layout.Seed, body);
        if (crc != header.BodyCrc)
        {
            return BadCrc("operation", crc, header.BodyCrc);
        }

        if ((header.IsMark ? header.Sequence.Next : header.Sequence) != sequence || header.Epoch < epoch)
        {
            return Bad($"operation {sequence} of epoch {epoch} or later", $"operation {header.Sequence} of epoch {header.Epoch}");
        }

        Header = header;
        Operation = _buffer.AsMemory((int)(Offset - _bufferOffset) + layout.HeaderBytes, header.OperationBytes);
        Offset += bytes;
        return header.IsMark ? LogStep.Mark : LogStep.Operation;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private ReadOnlySpan<byte> Buffered(int bytes) => _buffer.AsSpan((int)(Offset - _bufferOffset), bytes);

    /// <summary>Brings the next bytes into the buffer; false when the file ends before.</summary>
    private bool TryFill(long bytes)
    {
        if (Offset + bytes > limit)
        {
            return false;
        }

        if (Offset + bytes <= _bufferOffset + _filled)
        {
            return true;
        }

        MakeRoom((int)bytes);
        while (_filled < bytes)
        {
            long wanted = Math.Min(_buffer.Length, limit - _bufferOffset);
            int read = file.Read(_buffer.AsSpan(_filled, (int)wanted - _filled), _bufferOffset + _filled);
            if (read == 0)
            {
                return false;
            }

            _filled += read;
        }

        return true;
    }

    /// <summary>Moves what is left in the buffer to its front and makes it large enough.</summary>
    private void MakeRoom(int bytes)
    {
        byte[] target = bytes <= _buffer.Length ? _buffer : ArrayPool<byte>.Shared.Rent(bytes);
        int used = (int)(Offset - _bufferOffset);
        _buffer.AsSpan(used, _filled - used).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        _filled -= used;
        _bufferOffset = Offset;
    }

    private LogStep BadCrc(string what, uint computed, uint stored)
        => Bad($"{what} with crc32c {computed:x8}", $"crc32c {stored:x8}");

    private LogStep Bad(string expected, string actual)
    {
        Expected = expected;
        Actual = actual;
        return LogStep.Bad;
    }
}
