namespace OrleansVectors.Storage.Documents;

/// <summary>A control document as it was read.</summary>
/// <param name="Bytes">Its content.</param>
/// <param name="Version">How often it was written since it was created: 1 or more.</param>
public sealed record VersionedDocument(ReadOnlyMemory<byte> Bytes, ulong Version);
