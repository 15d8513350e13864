namespace OrleansVectors.Storage.Documents;

/// <summary>A control document is not what was written.</summary>
public sealed class DocumentDamagedException(string file, long offset, string expected, string actual)
    : StorageDamagedException("document", file, offset, expected, actual);
