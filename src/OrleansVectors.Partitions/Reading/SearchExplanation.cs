using OrleansVectors.Indexes.Quantization;

namespace OrleansVectors.Partitions.Reading;

/// <summary>How one partition found its answer, and what that cost.</summary>
public sealed record SearchExplanation
{
    /// <summary>The way that was taken first.</summary>
    public required SearchPlanKind Plan { get; init; }

    /// <summary>Why, as a sentence with its figures.</summary>
    public required string Reason { get; init; }

    /// <summary>True when what was taken first did not give enough, and everything that may match was scored after it.</summary>
    public bool FellBackToScan { get; init; }

    /// <summary>Points of the partition.</summary>
    public required long Points { get; init; }

    /// <summary>Fewest points that can match, from payload indexes.</summary>
    public required long MatchesMin { get; init; }

    /// <summary>Most points that can match.</summary>
    public required long MatchesMax { get; init; }

    /// <summary>How many points were expected to match when the plan was made.</summary>
    public required long MatchesEstimated { get; init; }

    /// <summary>How many do match; null where nobody counted them.</summary>
    public long? Matches { get; init; }

    /// <summary>Nodes of the graph (or inverted lists) whose neighbours were looked at.</summary>
    public long NodesVisited { get; init; }

    /// <summary>Nodes of the graph that did not match and were looked through to their neighbours.</summary>
    public long TwoHops { get; init; }

    /// <summary>Distances computed between full vectors, those of <see cref="Rescored"/> included.</summary>
    public long VectorDistances { get; init; }

    /// <summary>Distances computed from codes.</summary>
    public long CodeDistances { get; init; }

    /// <summary>Candidates found by codes that were scored again by their full vectors.</summary>
    public long Rescored { get; init; }

    /// <summary>The codes that were looked at; null when there were none.</summary>
    public QuantizerKind? Codes { get; init; }

    /// <summary>Candidates by code for each result; 0 without codes, 1 where they were not scored again.</summary>
    public float Oversampling { get; init; }

    /// <summary>Time of each stage.</summary>
    public StageTimes Times { get; init; }
}
