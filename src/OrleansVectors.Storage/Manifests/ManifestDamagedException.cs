namespace OrleansVectors.Storage.Manifests;

/// <summary>A manifest is not what was written.</summary>
public sealed class ManifestDamagedException(string file, long offset, string expected, string actual)
    : StorageDamagedException("manifest", file, offset, expected, actual);
