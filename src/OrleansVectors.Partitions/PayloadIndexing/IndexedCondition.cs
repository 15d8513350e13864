using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>A condition as an index can answer it: which points match for sure, and which have to be looked at.</summary>
internal abstract class IndexedCondition
{
    /// <summary>Points that may match at most, as far as counting is cheap; values of one point may count several times.</summary>
    public abstract long Estimate { get; }

    /// <summary>Values that have to be visited one by one to collect the points.</summary>
    public virtual long Values => 1;

    /// <summary>Whether what is collected is what does not match: the rest of the live points does.</summary>
    public virtual bool IsNegation => false;

    /// <summary>Whether points may have to be looked at besides.</summary>
    public virtual bool HasPerhaps => false;

    /// <summary>Adds the points that match for sure to one set, those that may match to another.</summary>
    public abstract void Collect(OrdinalBits sure, OrdinalBits perhaps);

    /// <summary>Lists the points that may match, some perhaps twice; false when the condition cannot be listed.</summary>
    public virtual bool TryList(ref OrdinalList list) => false;
}
