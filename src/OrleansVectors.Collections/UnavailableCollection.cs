using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Collections;

/// <summary>A collection that could not be opened. Its files stay as they are; the others work.</summary>
/// <param name="Name">Its name; one made of its folder's when its document could not be read.</param>
/// <param name="Reason">What is wrong, with file and place.</param>
/// <param name="Schema">Its schema; null when its document could not be read.</param>
public sealed record UnavailableCollection(string Name, string Reason, CollectionSchema? Schema)
{
    /// <summary>Name of its folder below the database's <c>collections</c>.</summary>
    internal string Folder { get; init; } = "";
}
