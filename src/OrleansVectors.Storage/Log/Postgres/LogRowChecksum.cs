using System.Buffers.Binary;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>
/// What the server keeps beside an operation, so that one that was changed there is found: servers need not check their
/// pages. CRC-32C over sequence, epoch, time and position, eight bytes each, little-endian, and the operation.
/// </summary>
internal static class LogRowChecksum
{
    /// <summary>The checksum, in a column that has a sign.</summary>
    public static int Of(LogSequence sequence, Epoch epoch, LogTime time, long position, ReadOnlySpan<byte> operation)
    {
        Span<byte> numbers = stackalloc byte[4 * sizeof(long)];
        BinaryPrimitives.WriteUInt64LittleEndian(numbers, sequence.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(numbers[8..], epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[16..], time.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[24..], position);
        return unchecked((int)Crc32C.Append(Crc32C.Compute(numbers), operation));
    }
}
