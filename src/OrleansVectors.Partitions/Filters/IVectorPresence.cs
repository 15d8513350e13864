namespace OrleansVectors.Partitions.Filters;

/// <summary>Answers which vectors a point has; what <c>has_vector</c> asks.</summary>
public interface IVectorPresence
{
    /// <summary>True when the point with that ordinal has a vector of that name ("" is the default vector).</summary>
    bool HasVector(uint ordinal, string vectorName);
}
