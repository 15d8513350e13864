namespace OrleansVectors.Storage.Manifests;

/// <summary>The newest manifest that is sound.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Damaged">
/// What is wrong with newer ones, newest first. If there are any, the log must reach back to this manifest's cut, or
/// operations are lost: the caller checks that, and reports these either way.
/// </param>
public sealed record ManifestLoad(Manifest Manifest, IReadOnlyList<StorageDamagedException> Damaged);
