using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// Reads one value of an encoded payload in place, without allocating. The bytes are trusted to be an encoding of
/// ours (<see cref="PayloadDocument.FromEncoded"/> checks foreign ones); damaged bytes give wrong values or a
/// <see cref="PayloadException"/>, never an access outside the span.
/// </summary>
public readonly ref struct PayloadView
{
    private static ReadOnlySpan<byte> EmptyObject => [(byte)PayloadKind.Object, 0, 0, 0, 0];

    private readonly ReadOnlySpan<byte> _value;

    /// <summary>A view over exactly the bytes of one value, tag first.</summary>
    internal PayloadView(ReadOnlySpan<byte> value)
    {
        _value = value;
    }

    /// <summary>An object without properties.</summary>
    public static PayloadView Empty => new(EmptyObject);

    /// <summary>The top object of an encoded document; no bytes at all stand for the empty payload.</summary>
    public static PayloadView OfDocument(ReadOnlySpan<byte> encoded)
        => encoded.IsEmpty ? Empty : new PayloadView(encoded[PayloadFormat.DocumentHeaderBytes..]);

    /// <summary>What the value is. A default view reads as null.</summary>
    public PayloadKind Kind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _value.IsEmpty ? PayloadKind.Null : (PayloadKind)_value[0];
    }

    /// <summary>The value's bytes, tag first; what an edit copies.</summary>
    internal ReadOnlySpan<byte> Bytes => _value;

    /// <summary>The values or properties inside an array or object, without the header.</summary>
    internal ReadOnlySpan<byte> Body => _value[PayloadFormat.ContainerHeaderBytes..];

    /// <summary>The number, when the value is an integer within the signed 64-bit range.</summary>
    public bool TryGetInt64(out long value)
    {
        if (Kind != PayloadKind.Int64)
        {
            value = 0;
            return false;
        }

        int position = 1;
        value = PayloadFormat.UnZigZag(PayloadFormat.ReadVarint(_value, ref position));
        return true;
    }

    /// <summary>The number, when the value is an integer from 0 to 2^64 - 1.</summary>
    public bool TryGetUInt64(out ulong value)
    {
        value = 0;
        int position = 1;
        switch (Kind)
        {
            case PayloadKind.UInt64:
                value = PayloadFormat.ReadVarint(_value, ref position);
                return true;
            case PayloadKind.Int64:
                long signed = PayloadFormat.UnZigZag(PayloadFormat.ReadVarint(_value, ref position));
                value = (ulong)signed;
                return signed >= 0;
            default:
                return false;
        }
    }

    /// <summary>The nearest double, when the value is a number of any kind.</summary>
    public bool TryGetDouble(out double value)
    {
        int position = 1;
        switch (Kind)
        {
            case PayloadKind.Int64:
                value = PayloadFormat.UnZigZag(PayloadFormat.ReadVarint(_value, ref position));
                return true;
            case PayloadKind.UInt64:
                value = PayloadFormat.ReadVarint(_value, ref position);
                return true;
            case PayloadKind.Double:
                value = BinaryPrimitives.ReadDoubleLittleEndian(_value[1..]);
                return true;
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>The UTF-8 bytes, when the value is a string.</summary>
    public bool TryGetString(out ReadOnlySpan<byte> utf8)
    {
        if (Kind != PayloadKind.String)
        {
            utf8 = default;
            return false;
        }

        int position = 1;
        int length = PayloadFormat.ReadLength(_value, ref position);
        utf8 = _value.Slice(position, length);
        return true;
    }

    /// <summary>The property's value, when the value is an object that has the key.</summary>
    public bool TryGetProperty(ReadOnlySpan<byte> keyUtf8, out PayloadView value)
    {
        if (Kind == PayloadKind.Object)
        {
            ReadOnlySpan<byte> body = Body;
            int position = 0;
            while (position < body.Length)
            {
                int keyLength = PayloadFormat.ReadLength(body, ref position);
                ReadOnlySpan<byte> key = body.Slice(position, keyLength);
                position += keyLength;
                int valueLength = PayloadFormat.ValueBytes(body, position);
                if (key.SequenceEqual(keyUtf8))
                {
                    value = new PayloadView(body.Slice(position, valueLength));
                    return true;
                }

                position += valueLength;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The element with that number from 0, when the value is an array that has it.</summary>
    public bool TryGetElement(int index, out PayloadView value)
    {
        foreach (PayloadView element in EnumerateArray())
        {
            if (index-- == 0)
            {
                value = element;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The values of an array in order; nothing for other kinds.</summary>
    public PayloadArrayEnumerator EnumerateArray()
        => new(Kind == PayloadKind.Array ? Body : default);

    /// <summary>The properties of an object in order; nothing for other kinds.</summary>
    public PayloadObjectEnumerator EnumerateObject()
        => new(Kind == PayloadKind.Object ? Body : default);

    /// <summary>Number of values of an array; 0 for other kinds. Steps over each element.</summary>
    public int CountArray()
    {
        int count = 0;
        foreach (PayloadView _ in EnumerateArray())
        {
            count++;
        }

        return count;
    }

    /// <summary>True for an array or object without content.</summary>
    public bool IsEmptyContainer
        => Kind is PayloadKind.Array or PayloadKind.Object && _value.Length == PayloadFormat.ContainerHeaderBytes;
}
