using System.Buffers;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Documents;

/// <summary>
/// Small control documents in a folder: read, and write if nobody has written since. Safe for concurrent use by one
/// instance; the caller keeps other processes out (<see cref="FolderLock"/>).
/// </summary>
public sealed class VersionedFileStore
{
    /// <summary>Largest document, in bytes.</summary>
    public const int DocumentBytesMax = 64 << 20;

    /// <summary>Longest name, in characters.</summary>
    public const int NameCharactersMax = 128;

    internal const string Extension = ".doc";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    private readonly string _folder;
    private readonly Lock _gate = new();

    /// <summary>Opens a store, creating its folder if need be and removing what a crash left of unfinished writes.</summary>
    public VersionedFileStore(string folder)
    {
        FolderCreation.Ensure(folder);
        _folder = folder;
        foreach (string leftover in Directory.GetFiles(folder, "*" + Extension + AtomicFile.TemporaryExtension))
        {
            File.Delete(leftover);
        }
    }

    /// <summary>The names of all documents in ordinal order.</summary>
    public IReadOnlyList<string> List()
    {
        string[] names = [.. Directory.GetFiles(_folder, "*" + Extension).Select(path => Path.GetFileNameWithoutExtension(path))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Reads a document; null if there is none of that name.</summary>
    /// <exception cref="DocumentDamagedException">It is not what was written.</exception>
    public VersionedDocument? Read(string name)
    {
        string path = PathOf(name);
        lock (_gate)
        {
            return ReadFile(path);
        }
    }

    /// <summary>Writes a document if it has an expected version.</summary>
    /// <param name="name">1 to <see cref="NameCharactersMax"/> of the characters A-Z a-z 0-9 _ - . and not starting with a dot.</param>
    /// <param name="bytes">The new content, at most <see cref="DocumentBytesMax"/> bytes.</param>
    /// <param name="expectedVersion">The version that was read; 0 to create.</param>
    /// <returns>The new version.</returns>
    /// <exception cref="DocumentVersionException">It has another version; nothing was changed.</exception>
    /// <exception cref="DocumentDamagedException">What is stored is damaged; nothing was changed.</exception>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public ulong WriteIfVersion(string name, ReadOnlySpan<byte> bytes, ulong expectedVersion)
    {
        string path = PathOf(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, DocumentBytesMax, nameof(bytes));
        lock (_gate)
        {
            Expect(name, path, expectedVersion);
            AtomicFile.Replace(path, DocumentFormat.Encode(bytes, expectedVersion + 1));
            return expectedVersion + 1;
        }
    }

    /// <summary>Deletes a document if it has an expected version. One created later under its name starts at 1 again.</summary>
    /// <exception cref="DocumentVersionException">It has another version or is not there.</exception>
    public void DeleteIfVersion(string name, ulong expectedVersion)
    {
        ArgumentOutOfRangeException.ThrowIfZero(expectedVersion);
        string path = PathOf(name);
        lock (_gate)
        {
            Expect(name, path, expectedVersion);
            AtomicFile.Delete(path);
        }
    }

    private static void Expect(string name, string path, ulong version)
    {
        ulong actual = ReadFile(path)?.Version ?? 0;
        if (actual != version)
        {
            throw new DocumentVersionException(name, version, actual);
        }
    }

    private static VersionedDocument? ReadFile(string path)
        => File.Exists(path) ? DocumentFormat.Decode(File.ReadAllBytes(path), path) : null;

    private string PathOf(string name)
    {
        bool valid = name.Length is > 0 and <= NameCharactersMax
            && name[0] != '.'
            && !name.AsSpan().ContainsAnyExcept(NameCharacters);
        return valid
            ? Path.Combine(_folder, name + Extension)
            : throw new ArgumentException($"'{name}' is no name for a document.", nameof(name));
    }
}
