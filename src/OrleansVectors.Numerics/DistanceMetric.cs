namespace OrleansVectors.Numerics;

/// <summary>
/// How far two vectors are from each other. For every metric a smaller number is nearer, so an index needs one
/// comparison only; what a user sees (a similarity, a true length) is derived from it at the border.
/// </summary>
/// <remarks>
/// NaN and infinities have no place in the order and are refused where vectors enter the system; nothing below that
/// border looks for them. Given finite components a distance is never NaN for <see cref="Euclidean"/>, <see cref="Hamming"/>
/// and <see cref="Manhattan"/> (it may overflow to positive infinity); <see cref="Dot"/> may overflow to either infinity,
/// and to NaN when both happen in one sum. <see cref="TopK"/> sorts NaN behind everything.
/// The numbers are stored in files: never renumber.
/// </remarks>
public enum DistanceMetric : byte
{
    /// <summary>The squared length of the difference, sum of (a - b)^2. The root is left to the border.</summary>
    Euclidean = 0,

    /// <summary>Minus the inner product, -sum of a * b.</summary>
    Dot = 1,

    /// <summary>Minus the inner product of vectors that were normalised when they came in: minus the cosine, -1 to 1.</summary>
    Cosine = 2,

    /// <summary>The sum of |a - b|.</summary>
    Manhattan = 3,

    /// <summary>The number of components that differ. Made for vectors of zeros and ones, the border admits no others.</summary>
    Hamming = 4,
}
