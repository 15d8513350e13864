namespace OrleansVectors.Collections.Errors;

/// <summary>No collection or alias has that name.</summary>
public sealed class CollectionNotFoundException(string name)
    : OrleansVectorsException($"Collection `{name}` doesn't exist!")
{
    /// <summary>The name that was asked for.</summary>
    public string Name { get; } = name;
}
