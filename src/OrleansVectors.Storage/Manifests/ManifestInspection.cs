using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Manifests;

/// <summary>A manifest file, looked at without changing anything. Whether its segments are there is another question.</summary>
/// <param name="Number">The number in its name.</param>
/// <param name="Path">The file.</param>
/// <param name="Manifest">What is in it; null when it is damaged.</param>
/// <param name="Damage">What is wrong with it.</param>
public sealed record ManifestInspection(ulong Number, string Path, Manifest? Manifest, StorageDamagedException? Damage)
{
    /// <summary>Looks at all manifests of a folder, newest first; none where there is no folder.</summary>
    public static IReadOnlyList<ManifestInspection> Run(string folder)
        => Directory.Exists(folder) ? [.. ManifestStore.ListNumbers(folder).Select(number => Read(number, ManifestStore.PathOf(folder, number)))] : [];

    /// <summary>Files that interrupted writes have left in a folder of manifests.</summary>
    public static IReadOnlyList<string> Leftovers(string folder)
        => Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*" + AtomicFile.TemporaryExtension).Order(StringComparer.Ordinal)] : [];

    private static ManifestInspection Read(ulong number, string path)
    {
        try
        {
            return new ManifestInspection(number, path, ManifestFormat.Decode(File.ReadAllBytes(path), path, number), Damage: null);
        }
        catch (StorageDamagedException damage)
        {
            return new ManifestInspection(number, path, Manifest: null, damage);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new ManifestInspection(number, path, Manifest: null, new ManifestDamagedException(path, 0, "readable bytes", unreadable.Message));
        }
    }
}
