namespace OrleansVectors.Partitions.Filters;

/// <summary>The stored text contains what is asked for, in the sense of <paramref name="Mode"/>.</summary>
public sealed record MatchText(MatchTextMode Mode, string Text) : Match;
