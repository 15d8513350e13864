using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Blobs;

/// <summary>
/// Blobs as files below a folder: a key is a path. Several processes, also of several machines that share the folder, may use
/// it at once.
/// </summary>
/// <remarks>
/// 1. A blob is written and flushed under a name of its own in <c>.tmp</c>, which is no key, and gets its real name in one step:
///    a rename to replace, a link to be the first.
/// 2. Then every folder up to the root is flushed, not only those this put created: another put may have created one a moment
///    ago and not have come to flush it.
/// 3. A deletion takes folders away that it leaves empty. A put that finds its folder gone creates it again.
/// 4. What a killed process left in <c>.tmp</c> is deleted by whoever opens the store a day later: there is no lock that would
///    tell a leftover from a put of someone else.
/// One thing that S3 can do is impossible here: blobs <c>a</c> and <c>a/b</c> at once.
/// </remarks>
public sealed class FolderBlobStore : IBlobStore
{
    private const string TemporaryFolderName = ".tmp";
    private const int PieceBytes = 1 << 20;
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly string _temporaryFolder;
    private readonly FolderNames _names;

    /// <summary>Opens the store, creating the folder if need be.</summary>
    /// <exception cref="BlobStoreException">The folder cannot be created or written to.</exception>
    public FolderBlobStore(string folder, TimeProvider? clock = null)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _temporaryFolder = Path.Combine(_root, TemporaryFolderName);
        _names = new FolderNames(_root);
        try
        {
            FolderCreation.Ensure(_temporaryFolder);
            DeleteLeftovers((clock ?? TimeProvider.System).GetUtcNow() - LeftoverAge);
        }
        catch (Exception error) when (IsOfTheFileSystem(error))
        {
            throw new BlobStoreException($"Cannot open the folder of blobs '{_root}': {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public string Location => _root;

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
        => PutAsync(key, file => Write(file, bytes.Span, cancellationToken), _names.Replace, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryPutNewAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
        => PutAsync(key, file => Write(file, bytes.Span, cancellationToken), _names.TryCreate, cancellationToken);

    /// <inheritdoc/>
    public async Task PutFileAsync(string key, string path, CancellationToken cancellationToken = default)
    {
        BlobKey.Check(key);
        using SafeFileHandle source = File.OpenHandle(path);
        await PutAsync(key, file => Copy(source, file, cancellationToken), _names.Replace, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<long?> LengthAsync(string key, CancellationToken cancellationToken = default)
    {
        FileInfo file = new(PathOf(key));
        return AtDisk("look for", key, () => file.Exists ? file.Length : Missing<long?>(null), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(string key, int bytesMax, CancellationToken cancellationToken = default)
    {
        string path = PathOf(key);
        return AtDisk("read", key, () => ReadWhole(key, path, bytesMax), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReadToFileAsync(string key, string path, CancellationToken cancellationToken = default)
    {
        string blob = PathOf(key);
        using IncomingFile target = new(path);
        using SafeFileHandle source = await AtDisk("read", key, () => OpenBlob(key, blob), cancellationToken).ConfigureAwait(false);
        await AtDisk("read", key, () => CopyTo(source, target, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        FolderListing listing = new(_root, prefix);
        while (await AtDisk("list", prefix, () => listing.Next() ?? Missing<BlobEntry?>(null), cancellationToken).ConfigureAwait(false)
            is BlobEntry entry)
        {
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        foreach (IGrouping<string, string> together in keys.Select(PathOf).ToArray().GroupBy(static path => Path.GetDirectoryName(path)!))
        {
            string first = Path.GetRelativePath(_root, together.First());
            await AtDisk("delete", first, () => _names.Delete(together.Key, together) || Missing(true), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Nothing is held between calls.</summary>
    public void Dispose()
    {
    }

    private static bool IsOfTheFileSystem(Exception error)
        => error is (IOException or UnauthorizedAccessException) and not BlobStoreException;

    private static bool Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, CancellationToken cancellationToken)
    {
        for (int at = 0; at < bytes.Length; at += PieceBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RandomAccess.Write(file, bytes.Slice(at, Math.Min(PieceBytes, bytes.Length - at)), at);
        }

        return true;
    }

    private static bool Copy(SafeFileHandle source, SafeFileHandle target, CancellationToken cancellationToken)
    {
        long at = 0;
        return ForEachPiece(source, piece =>
        {
            RandomAccess.Write(target, piece, at);
            at += piece.Length;
        }, cancellationToken);
    }

    private static bool CopyTo(SafeFileHandle source, IncomingFile target, CancellationToken cancellationToken)
    {
        ForEachPiece(source, target.Append, cancellationToken);
        target.Complete();
        return true;
    }

    private static bool ForEachPiece(SafeFileHandle source, Action<ReadOnlySpan<byte>> use, CancellationToken cancellationToken)
    {
        byte[] piece = new byte[(int)Math.Clamp(RandomAccess.GetLength(source), 1, PieceBytes)];
        long at = 0;
        while (RandomAccess.Read(source, piece, at) is int read and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            use(piece.AsSpan(0, read));
            at += read;
        }

        return true;
    }

    private Task<bool> PutAsync(
        string key, Func<SafeFileHandle, bool> write, Func<string, string, bool> name, CancellationToken cancellationToken)
    {
        string path = PathOf(key);
        return AtDisk("put", key, () =>
        {
            string temporary = Path.Combine(_temporaryFolder, Guid.NewGuid().ToString("N"));
            try
            {
                using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
                {
                    write(file);
                    Posix.FlushData(file);
                }

                cancellationToken.ThrowIfCancellationRequested();
                return name(temporary, path);
            }
            finally
            {
                File.Delete(temporary);
            }
        }, cancellationToken);
    }

    private byte[] ReadWhole(string key, string path, int bytesMax)
    {
        using SafeFileHandle file = OpenBlob(key, path);
        long length = RandomAccess.GetLength(file);
        if (length > bytesMax)
        {
            throw new BlobStoreException($"The blob '{key}' in {Location} has {length} bytes, more than the {bytesMax} expected.");
        }

        byte[] bytes = new byte[length];
        int at = 0;
        while (at < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(at), at) is int read and > 0)
        {
            at += read;
        }

        return at == bytes.Length ? bytes : throw new EndOfStreamException($"The file ends after {at} of {length} bytes.");
    }

    private SafeFileHandle OpenBlob(string key, string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (IsOfTheFileSystem(error) && !File.Exists(path))
        {
            return Missing<SafeFileHandle?>(null) ?? throw new BlobNotFoundException(Location, key, error);
        }
    }

    private void DeleteLeftovers(DateTimeOffset before)
    {
        foreach (FileInfo file in new DirectoryInfo(_temporaryFolder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < before))
        {
            file.Delete();
        }
    }

    /// <summary>
    /// The answer when something is not there, unless the whole store is not there: the folder of a file system that is not
    /// mounted is empty, and that must not pass for a store without blobs.
    /// </summary>
    private T Missing<T>(T answer)
        => Directory.Exists(_temporaryFolder)
            ? answer
            : throw new DirectoryNotFoundException($"'{_temporaryFolder}' has gone; is its file system mounted?");

    private string PathOf(string key) => Path.Combine(_root, BlobKey.Check(key).Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Runs what waits for the disk on a thread that may wait, and says what failed on which blob.</summary>
    private async Task<T> AtDisk<T>(string action, string key, Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsOfTheFileSystem(error))
        {
            throw new BlobStoreException($"Cannot {action} the blob '{key}' in {Location}: {error.Message}", error);
        }
    }
}
