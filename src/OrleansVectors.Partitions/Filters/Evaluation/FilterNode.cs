namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>A compiled condition.</summary>
internal abstract class FilterNode
{
    /// <summary>True when the answer depends on the payload.</summary>
    public virtual bool NeedsPayload => true;

    public abstract bool Matches(in FilterPoint point);
}
