namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>The point has a vector of a name.</summary>
internal sealed class HasVectorNode(string vectorName) : FilterNode
{
    public override bool NeedsPayload => false;

    public override bool Matches(in FilterPoint point)
        => point.Vectors is not null && point.Vectors.HasVector(point.Ordinal, vectorName);
}
