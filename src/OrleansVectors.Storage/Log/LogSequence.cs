using System.Globalization;

namespace OrleansVectors.Storage.Log;

/// <summary>The number of an operation in its log. The first is 1; 0 stands for none.</summary>
public readonly record struct LogSequence(ulong Value) : IComparable<LogSequence>
{
    /// <summary>Before the first operation.</summary>
    public static LogSequence None => default;

    /// <summary>The sequence after this one.</summary>
    public LogSequence Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(LogSequence other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Order by number.</summary>
    public static bool operator <(LogSequence left, LogSequence right) => left.Value < right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >(LogSequence left, LogSequence right) => left.Value > right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator <=(LogSequence left, LogSequence right) => left.Value <= right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >=(LogSequence left, LogSequence right) => left.Value >= right.Value;
}
