namespace OrleansVectors.Collections.Errors;

/// <summary>No alias has that name.</summary>
public sealed class AliasNotFoundException(string name) : OrleansVectorsException($"Alias {name} does not exist!")
{
    /// <summary>The alias that was asked for.</summary>
    public string Name { get; } = name;
}
