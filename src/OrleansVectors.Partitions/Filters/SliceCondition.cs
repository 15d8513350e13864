namespace OrleansVectors.Partitions.Filters;

/// <summary>
/// The point belongs to slice <paramref name="Index"/> (from 0) of <paramref name="Total"/> (at least 1) disjoint slices
/// that together hold every point: SipHash-2-4 with a zero key over the id (8 bytes little-endian for a number, the 16
/// bytes of a UUID in written order), modulo the total.
/// </summary>
public sealed record SliceCondition(uint Total, uint Index) : Condition;
