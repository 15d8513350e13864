using System.Buffers;
using System.Buffers.Binary;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// Writes the binary form into a rented buffer: values in order, containers opened and closed in pairs. Refuses to grow
/// past <see cref="PayloadLimits.BytesMax"/>.
/// </summary>
internal struct PayloadWriter : IDisposable
{
    private const int FirstBufferBytes = 512;

    private byte[] _buffer;

    private PayloadWriter(byte[] buffer)
    {
        _buffer = buffer;
        _buffer[0] = PayloadFormat.Version;
        Length = PayloadFormat.DocumentHeaderBytes;
    }

    /// <summary>Bytes written so far, document header included.</summary>
    public int Length { get; private set; }

    /// <summary>A writer whose document header is written; dispose it to return the buffer.</summary>
    public static PayloadWriter Create() => new(ArrayPool<byte>.Shared.Rent(FirstBufferBytes));

    /// <summary>Returns the buffer.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>A copy of what was written.</summary>
    public readonly PayloadDocument ToDocument() => PayloadDocument.FromTrusted(Written.ToArray());

    public void WriteTag(PayloadKind kind) => Reserve(1)[0] = (byte)kind;

    public void WriteInt64(long value)
    {
        WriteTag(PayloadKind.Int64);
        WriteVarint(PayloadFormat.ZigZag(value));
    }

    public void WriteUInt64(ulong value)
    {
        WriteTag(PayloadKind.UInt64);
        WriteVarint(value);
    }

    public void WriteDouble(double value)
    {
        WriteTag(PayloadKind.Double);
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), value);
    }

    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        WriteTag(PayloadKind.String);
        WriteKey(utf8);
    }

    /// <summary>Length and bytes of a key; its value has to follow.</summary>
    public void WriteKey(ReadOnlySpan<byte> utf8)
    {
        WriteVarint((uint)utf8.Length);
        utf8.CopyTo(Reserve(utf8.Length));
    }

    /// <summary>Copies a value as it is.</summary>
    public void WriteValue(PayloadView value)
    {
        if (value.Bytes.IsEmpty)
        {
            WriteTag(PayloadKind.Null);
            return;
        }

        value.Bytes.CopyTo(Reserve(value.Bytes.Length));
    }

    /// <summary>Copies properties or elements without their container's header.</summary>
    public void WriteBody(ReadOnlySpan<byte> body) => body.CopyTo(Reserve(body.Length));

    /// <summary>Opens a container; the result goes to <see cref="EndArray"/> or <see cref="EndObject"/>.</summary>
    public int Begin(PayloadKind kind)
    {
        WriteTag(kind);
        Reserve(sizeof(uint));
        return Length;
    }

    public readonly void EndArray(int bodyStart) => FillLength(bodyStart);

    /// <summary>
    /// Closes an object: of properties with the same key the last stays. Properties from <paramref name="dropNullsFrom"/>
    /// on (a position of <see cref="Length"/>) whose value is null go, together with the earlier ones they replace.
    /// </summary>
    public void EndObject(int bodyStart, int dropNullsFrom = int.MaxValue)
    {
        Length = PayloadKeys.KeepLast(_buffer, bodyStart, Length, dropNullsFrom);
        FillLength(bodyStart);
    }

    private readonly void FillLength(int bodyStart)
        => BinaryPrimitives.WriteUInt32LittleEndian(
            _buffer.AsSpan(bodyStart - sizeof(uint)), (uint)(Length - bodyStart));

    private void WriteVarint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[PayloadFormat.VarintBytesMax];
        int count = 0;
        while (value >= 0x80)
        {
            bytes[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[count++] = (byte)value;
        bytes[..count].CopyTo(Reserve(count));
    }

    private Span<byte> Reserve(int count)
    {
        int start = Length;
        long needed = (long)start + count;
        if (needed > _buffer.Length)
        {
            Grow(needed);
        }

        Length = (int)needed;
        return _buffer.AsSpan(start, count);
    }

    private void Grow(long needed)
    {
        // The rented buffer may be larger than asked, so the bound is checked again when the document is complete.
        if (needed > PayloadLimits.BytesMax)
        {
            throw new PayloadException("", nameof(PayloadLimits.BytesMax), PayloadLimits.BytesMax, needed);
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(2L * Length, PayloadLimits.BytesMax)));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
