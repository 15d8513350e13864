using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Documents;

/// <summary>A control document's file, looked at without changing anything.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its file.</param>
/// <param name="Document">What is in it; null when it is damaged.</param>
/// <param name="Damage">What is wrong with it.</param>
public sealed record DocumentInspection(string Name, string Path, VersionedDocument? Document, StorageDamagedException? Damage)
{
    /// <summary>Looks at all documents of a folder, by name; none where there is no folder.</summary>
    public static IReadOnlyList<DocumentInspection> Run(string folder)
        => Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*" + VersionedFileStore.Extension).Order(StringComparer.Ordinal).Select(Read)]
            : [];

    /// <summary>Files that interrupted writes have left in a folder of documents.</summary>
    public static IReadOnlyList<string> Leftovers(string folder)
        => Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*" + VersionedFileStore.Extension + AtomicFile.TemporaryExtension).Order(StringComparer.Ordinal)]
            : [];

    private static DocumentInspection Read(string path)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        try
        {
            return new DocumentInspection(name, path, DocumentFormat.Decode(File.ReadAllBytes(path), path), Damage: null);
        }
        catch (StorageDamagedException damage)
        {
            return new DocumentInspection(name, path, Document: null, damage);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new DocumentInspection(name, path, Document: null, new DocumentDamagedException(path, 0, "readable bytes", unreadable.Message));
        }
    }
}
