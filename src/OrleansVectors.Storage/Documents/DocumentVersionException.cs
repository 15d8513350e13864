namespace OrleansVectors.Storage.Documents;

/// <summary>A document has another version than the writer had read: someone else wrote it in between.</summary>
public sealed class DocumentVersionException(string name, ulong expected, ulong actual)
    : IOException($"The document '{name}' has version {actual}, not {expected}.")
{
    /// <summary>Name of the document.</summary>
    public string Name { get; } = name;

    /// <summary>The version the writer expected; 0 for none.</summary>
    public ulong Expected { get; } = expected;

    /// <summary>The version that is stored; 0 for none.</summary>
    public ulong Actual { get; } = actual;
}
