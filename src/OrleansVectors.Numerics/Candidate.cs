using System.Runtime.InteropServices;

namespace OrleansVectors.Numerics;

/// <summary>A point found by a search: its distance from the query (smaller is nearer) and its ordinal in the index. 8 bytes.</summary>
/// <param name="Distance">The distance by the index's <see cref="DistanceMetric"/>.</param>
/// <param name="Ordinal">The row of the point inside its index.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Candidate(float Distance, uint Ordinal) : IComparable<Candidate>
{
    /// <summary>Orders by distance, then by ordinal, so that equal distances always come in the same order.</summary>
    public int CompareTo(Candidate other)
    {
        var byDistance = Distance.CompareTo(other.Distance);
        return byDistance != 0 ? byDistance : Ordinal.CompareTo(other.Ordinal);
    }

    public static bool operator <(Candidate left, Candidate right) => left.CompareTo(right) < 0;

    public static bool operator >(Candidate left, Candidate right) => left.CompareTo(right) > 0;

    public static bool operator <=(Candidate left, Candidate right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Candidate left, Candidate right) => left.CompareTo(right) >= 0;
}
