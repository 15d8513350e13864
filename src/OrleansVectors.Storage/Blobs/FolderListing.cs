namespace OrleansVectors.Storage.Blobs;

/// <summary>Walks the files whose keys begin with a prefix, in ordinal order of the keys, one folder's names at a time.</summary>
internal sealed class FolderListing
{
    private readonly string _root;
    private readonly string _prefix;

    // What is still to come; last in comes first.
    private readonly Stack<(string Key, bool IsFolder)> _pending = new();

    public FolderListing(string root, string prefix)
    {
        _root = root;
        _prefix = prefix;

        // Only the folder that the prefix leads to is walked, and only if its path is one that keys can have.
        string start = prefix.LastIndexOf('/') is int slash and >= 0 ? prefix[..slash] : "";
        if (!prefix.StartsWith('/') && (start.Length == 0 || BlobKey.IsValid(start)))
        {
            _pending.Push((start, true));
        }
    }

    /// <summary>The next blob; null when there are no more.</summary>
    public BlobEntry? Next()
    {
        while (_pending.TryPop(out (string Key, bool IsFolder) next))
        {
            if (next.IsFolder)
            {
                PushChildren(next.Key);
            }
            else if (new FileInfo(Path.Combine(_root, next.Key)) is { Exists: true } file)
            {
                return new BlobEntry(next.Key, file.Length, file.LastWriteTimeUtc);
            }
        }

        return null;
    }

    /// <summary>A folder stands where its name with a slash does: <c>a-b</c>, <c>a/b</c>, <c>a0</c>.</summary>
    private void PushChildren(string folderKey)
    {
        DirectoryInfo folder = new(Path.Combine(_root, folderKey));
        try
        {
            (string Key, bool IsFolder)[] children =
            [
                .. folder.EnumerateFileSystemInfos()
                    .Select(info => (Key: folderKey.Length == 0 ? info.Name : $"{folderKey}/{info.Name}", IsFolder: info is DirectoryInfo))
                    .Where(child => BlobKey.IsValid(child.Key) && child.Key.StartsWith(_prefix, StringComparison.Ordinal))
                    .OrderByDescending(static child => child.IsFolder ? child.Key + "/" : child.Key, StringComparer.Ordinal),
            ];
            Array.ForEach(children, _pending.Push);
        }
        catch (DirectoryNotFoundException)
        {
            // A deletion took it, or it never was.
        }
    }
}
