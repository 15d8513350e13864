using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Statistics;

namespace OrleansVectors.Collections;

/// <summary>Merges the figures that several partitions have of their vector names.</summary>
internal static class VectorStatisticsMerge
{
    /// <summary>One for each name, by name. While a schema changes a partition may have a name that others have not.</summary>
    public static IReadOnlyList<VectorStatistics> Merge(IEnumerable<VectorStatistics> parts)
        => [.. parts.GroupBy(part => part.Name).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => MergeOne([.. group]))];

    private static VectorStatistics MergeOne(IReadOnlyList<VectorStatistics> parts) => new()
    {
        Name = parts[0].Name,
        LiveVectors = parts.Sum(part => part.LiveVectors),
        VectorBytes = parts.Sum(part => part.VectorBytes),
        IndexBytes = parts.Select(part => part.IndexBytes).Aggregate(IndexBytes.Sum),
        Serving = MergeServing(parts.SelectMany(part => part.Serving)),
        IsRebuilding = parts.Any(part => part.IsRebuilding),
        DeadVectors = parts.Sum(part => part.DeadVectors),
        UnindexedVectors = parts.Sum(part => part.UnindexedVectors),
        UnindexedBytes = parts.Sum(part => part.UnindexedBytes),
        Insertions = parts.Sum(part => part.Insertions),
        Searches = MergeSearches([.. parts.Select(part => part.Searches)]),
    };

    /// <summary>Each kind of index with each kind of codes once, with the largest oversampling of any partition.</summary>
    private static IReadOnlyList<ServingIndex> MergeServing(IEnumerable<ServingIndex> parts)
        => [.. parts.GroupBy(part => (part.Kind, part.Codes)).OrderBy(group => group.Key).Select(group => group.MaxBy(part => part.Oversampling))];

    private static SearchTotals MergeSearches(IReadOnlyList<SearchTotals> parts) => new()
    {
        ByPlan = Enum.GetValues<SearchPlanKind>().ToDictionary(plan => plan, plan => parts.Sum(part => part.ByPlan.GetValueOrDefault(plan))),
        FellBackToScan = parts.Sum(part => part.FellBackToScan),
        VectorDistances = parts.Sum(part => part.VectorDistances),
        CodeDistances = parts.Sum(part => part.CodeDistances),
        Rescored = parts.Sum(part => part.Rescored),
        NodesVisited = parts.Sum(part => part.NodesVisited),
    };
}
