using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Statistics;

/// <summary>What all searches of one vector name did together: the counts that each of them could explain.</summary>
public sealed record SearchTotals
{
    /// <summary>Searches of a partition by the way that was taken first: every plan there is.</summary>
    public required IReadOnlyDictionary<SearchPlanKind, long> ByPlan { get; init; }

    /// <summary>Searches after which everything that may match was scored, because what was taken first did not give enough.</summary>
    public required long FellBackToScan { get; init; }

    /// <summary>Distances computed between full vectors, those of <see cref="Rescored"/> included.</summary>
    public required long VectorDistances { get; init; }

    /// <summary>Distances computed from codes.</summary>
    public required long CodeDistances { get; init; }

    /// <summary>Candidates found by codes that were scored again by their full vectors.</summary>
    public required long Rescored { get; init; }

    /// <summary>Nodes of the graph (or inverted lists) whose neighbours were looked at.</summary>
    public required long NodesVisited { get; init; }
}
