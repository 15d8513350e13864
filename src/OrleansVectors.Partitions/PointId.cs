using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansVectors.Partitions;

/// <summary>
/// The public name of a point: an unsigned 64-bit number or a UUID. Numbers order before UUIDs, each kind by value;
/// scrolling follows this order.
/// </summary>
/// <remarks>Sixteen bytes and one flag; the default value is the number 0.</remarks>
public readonly struct PointId : IEquatable<PointId>, IComparable<PointId>
{
    private readonly UInt128 _value;

    private PointId(UInt128 value, bool isUuid)
    {
        _value = value;
        IsUuid = isUuid;
    }

    /// <summary>True when the id was given as a UUID.</summary>
    public bool IsUuid { get; }

    /// <summary>The number; meaningful only when <see cref="IsUuid"/> is false.</summary>
    public ulong Number => (ulong)_value;

    /// <summary>The id's 128 bits: the number, or the UUID's bytes read big-endian.</summary>
    public UInt128 Bits => _value;

    /// <summary>An id from a number.</summary>
    public static PointId FromNumber(ulong number) => new(number, isUuid: false);

    /// <summary>An id from a UUID.</summary>
    public static PointId FromUuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return new PointId(BinaryPrimitives.ReadUInt128BigEndian(bytes), isUuid: true);
    }

    /// <summary>An id from its stored parts; the reverse of <see cref="Bits"/> and <see cref="IsUuid"/>.</summary>
    public static PointId FromBits(UInt128 bits, bool isUuid) => new(bits, isUuid);

    /// <summary>Reads a UUID in hyphenated, simple (32 hex digits) or <c>urn:uuid:</c> form.</summary>
    public static bool TryParseUuid(ReadOnlySpan<char> text, out PointId id)
    {
        if (text.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase))
        {
            text = text["urn:uuid:".Length..];
        }

        if (Guid.TryParseExact(text, "D", out Guid uuid) || Guid.TryParseExact(text, "N", out uuid))
        {
            id = FromUuid(uuid);
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>The UUID; meaningful only when <see cref="IsUuid"/> is true.</summary>
    public Guid ToUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>
    /// A 64-bit hash that never changes between versions: it routes points to partitions, so stored data depends on it.
    /// SplitMix64's finaliser over both halves.
    /// </summary>
    public ulong StableHash()
    {
        ulong hash = Mix((ulong)_value ^ (IsUuid ? 0x9E3779B97F4A7C15UL : 0));
        return Mix(hash ^ (ulong)(_value >> 64));

        static ulong Mix(ulong x)
        {
            x += 0x9E3779B97F4A7C15UL;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
            return x ^ (x >> 31);
        }
    }

    /// <inheritdoc/>
    public int CompareTo(PointId other)
        => IsUuid != other.IsUuid ? (IsUuid ? 1 : -1) : _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(PointId other) => _value == other._value && IsUuid == other.IsUuid;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PointId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)StableHash();

    /// <summary>The number in decimal, or the UUID hyphenated in lower case.</summary>
    public override string ToString()
        => IsUuid ? ToUuid().ToString("D") : Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(PointId left, PointId right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(PointId left, PointId right) => !left.Equals(right);

    /// <summary>Scroll order.</summary>
    public static bool operator <(PointId left, PointId right) => left.CompareTo(right) < 0;

    /// <summary>Scroll order.</summary>
    public static bool operator >(PointId left, PointId right) => left.CompareTo(right) > 0;

    /// <summary>Scroll order.</summary>
    public static bool operator <=(PointId left, PointId right) => left.CompareTo(right) <= 0;

    /// <summary>Scroll order.</summary>
    public static bool operator >=(PointId left, PointId right) => left.CompareTo(right) >= 0;
}
