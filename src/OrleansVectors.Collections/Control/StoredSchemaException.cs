namespace OrleansVectors.Collections.Control;

/// <summary>A collection's document is whole, but this program cannot read it: a later version wrote it.</summary>
internal sealed class StoredSchemaException(string document, string reason, Exception? inner = null)
    : IOException($"The document '{document}' cannot be read by this version: {reason}", inner);
