namespace OrleansVectors.Partitions.Reading;

/// <summary>A value counted by a facet: a string, an integer or a boolean.</summary>
public readonly record struct FacetValue : IComparable<FacetValue>
{
    private FacetValue(FacetValueKind kind, string? text, long integer)
    {
        Kind = kind;
        Text = text;
        Integer = integer;
    }

    /// <summary>Which of the three it is.</summary>
    public FacetValueKind Kind { get; }

    /// <summary>The string, else null.</summary>
    public string? Text { get; }

    /// <summary>The integer; 1 or 0 for a boolean.</summary>
    public long Integer { get; }

    /// <summary>A string.</summary>
    public static FacetValue FromText(string text) => new(FacetValueKind.Text, text, 0);

    /// <summary>An integer.</summary>
    public static FacetValue FromInteger(long value) => new(FacetValueKind.Integer, null, value);

    /// <summary>A boolean.</summary>
    public static FacetValue FromBoolean(bool value) => new(FacetValueKind.Boolean, null, value ? 1 : 0);

    /// <summary>Booleans, then integers, then strings by code unit.</summary>
    public int CompareTo(FacetValue other)
    {
        int byKind = Kind.CompareTo(other.Kind);
        return byKind != 0 ? byKind
            : Kind == FacetValueKind.Text ? string.CompareOrdinal(Text, other.Text)
            : Integer.CompareTo(other.Integer);
    }

    /// <summary>Order.</summary>
    public static bool operator <(FacetValue left, FacetValue right) => left.CompareTo(right) < 0;

    /// <summary>Order.</summary>
    public static bool operator >(FacetValue left, FacetValue right) => left.CompareTo(right) > 0;

    /// <summary>Order.</summary>
    public static bool operator <=(FacetValue left, FacetValue right) => left.CompareTo(right) <= 0;

    /// <summary>Order.</summary>
    public static bool operator >=(FacetValue left, FacetValue right) => left.CompareTo(right) >= 0;
}
