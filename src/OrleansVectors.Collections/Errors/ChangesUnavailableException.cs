namespace OrleansVectors.Collections.Errors;

/// <summary>A position in the history of a collection that it no longer has, or never had.</summary>
public sealed class ChangesUnavailableException(string position, string oldest, string newest)
    : OrleansVectorsException($"changes after position {position} are not there; positions from {oldest} to {newest} are")
{
    /// <summary>The oldest position there is.</summary>
    public string Oldest { get; } = oldest;

    /// <summary>The newest.</summary>
    public string Newest { get; } = newest;
}
