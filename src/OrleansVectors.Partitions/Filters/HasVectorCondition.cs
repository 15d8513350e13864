namespace OrleansVectors.Partitions.Filters;

/// <summary>The point has a vector of that name; "" names the default vector.</summary>
public sealed record HasVectorCondition(string VectorName) : Condition;
