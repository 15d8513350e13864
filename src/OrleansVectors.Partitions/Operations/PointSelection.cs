using OrleansVectors.Partitions.Filters;

namespace OrleansVectors.Partitions.Operations;

/// <summary>Which points an operation touches.</summary>
public abstract record PointSelection
{
    private PointSelection()
    {
    }

    /// <summary>The points with these ids; ids that do not exist are passed over.</summary>
    public sealed record ByIds(IReadOnlyList<PointId> Ids) : PointSelection;

    /// <summary>The points that match when the operation is applied.</summary>
    public sealed record ByFilter(Filter Filter) : PointSelection;
}
