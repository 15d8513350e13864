namespace OrleansVectors.Collections.Errors;

/// <summary>The name is taken by a collection or an alias.</summary>
public sealed class CollectionExistsException(string name)
    : OrleansVectorsException($"Collection `{name}` already exists!")
{
    /// <summary>The name that is taken.</summary>
    public string Name { get; } = name;
}
