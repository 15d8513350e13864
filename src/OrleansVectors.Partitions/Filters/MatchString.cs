namespace OrleansVectors.Partitions.Filters;

/// <summary>The stored value is this text.</summary>
public sealed record MatchString(string Value) : Match;
