using System.Globalization;

namespace OrleansVectors.Storage.Log;

/// <summary>
/// Counts the openings of a log for writing. Each opening writes under an epoch greater than all before it, so records
/// tell which opening wrote them. The first is 1; 0 stands for none.
/// </summary>
public readonly record struct Epoch(ulong Value) : IComparable<Epoch>
{
    /// <summary>Before the first opening.</summary>
    public static Epoch None => default;

    /// <summary>The epoch after this one.</summary>
    public Epoch Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Order by number.</summary>
    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    /// <summary>Order by number.</summary>
    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;
}
