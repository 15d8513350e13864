using System.Globalization;

namespace OrleansVectors.Storage.Segments;

/// <summary>The number of a segment file in its folder, 1 or more.</summary>
public readonly record struct SegmentId(ulong Value) : IComparable<SegmentId>
{
    /// <inheritdoc/>
    public int CompareTo(SegmentId other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Order by number.</summary>
    public static bool operator <(SegmentId left, SegmentId right) => left.Value < right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >(SegmentId left, SegmentId right) => left.Value > right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator <=(SegmentId left, SegmentId right) => left.Value <= right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >=(SegmentId left, SegmentId right) => left.Value >= right.Value;
}
