using System.Collections.Frozen;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>The id is one of a set.</summary>
internal sealed class HasIdNode(IReadOnlyList<PointId> ids) : FilterNode
{
    private readonly FrozenSet<PointId> _ids = ids.ToFrozenSet();

    public override bool NeedsPayload => false;

    public override bool Matches(in FilterPoint point) => !point.IsElement && _ids.Contains(point.Id);
}
