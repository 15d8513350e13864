namespace OrleansVectors.Partitions.Reading;

/// <summary>A value points are ordered by: an integer kept exactly, or a floating-point number.</summary>
public readonly record struct OrderValue : IComparable<OrderValue>
{
    private OrderValue(long integer, double real, bool isInteger)
    {
        Integer = integer;
        Real = real;
        IsInteger = isInteger;
    }

    /// <summary>True when the value is an integer (or a date-time in microseconds).</summary>
    public bool IsInteger { get; }

    /// <summary>The integer, when <see cref="IsInteger"/>.</summary>
    public long Integer { get; }

    /// <summary>The value as a floating-point number.</summary>
    public double Real { get; }

    /// <summary>An integer.</summary>
    public static OrderValue FromInteger(long value) => new(value, value, isInteger: true);

    /// <summary>A floating-point number.</summary>
    public static OrderValue FromReal(double value) => new(0, value, isInteger: false);

    /// <inheritdoc/>
    public int CompareTo(OrderValue other)
        => IsInteger && other.IsInteger ? Integer.CompareTo(other.Integer) : Real.CompareTo(other.Real);

    /// <summary>Order.</summary>
    public static bool operator <(OrderValue left, OrderValue right) => left.CompareTo(right) < 0;

    /// <summary>Order.</summary>
    public static bool operator >(OrderValue left, OrderValue right) => left.CompareTo(right) > 0;

    /// <summary>Order.</summary>
    public static bool operator <=(OrderValue left, OrderValue right) => left.CompareTo(right) <= 0;

    /// <summary>Order.</summary>
    public static bool operator >=(OrderValue left, OrderValue right) => left.CompareTo(right) >= 0;
}
