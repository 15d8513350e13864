namespace OrleansVectors.Collections.Errors;

/// <summary>A collection is there, but could not be opened: its files are damaged, or a later version wrote them.</summary>
public sealed class CollectionUnavailableException(string name, string reason)
    : OrleansVectorsException($"Collection `{name}` could not be opened: {reason}")
{
    /// <summary>The collection's name.</summary>
    public string Name { get; } = name;

    /// <summary>Why it could not be opened.</summary>
    public string Reason { get; } = reason;
}
