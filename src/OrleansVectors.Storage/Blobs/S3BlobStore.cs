using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.S3.Model;
using Microsoft.Win32.SafeHandles;
using OrleansVectors.Storage.Blobs.S3;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Blobs;

/// <summary>Blobs in a bucket of S3, or of any store that speaks its protocol.</summary>
/// <remarks>
/// Requests that fail for a reason that may pass are sent again within the bounds of <see cref="S3BlobOptions"/>; a wrong key,
/// a missing bucket and the like fail at once. A listing needs a store that lists in order, as S3 does, but not its directory
/// buckets. Blobs carry their checksum (CRC-32C) as metadata <c>ov-crc32c</c>.
/// </remarks>
public sealed class S3BlobStore : IBlobStore
{
    private readonly S3Connection _bucket;
    private readonly S3Put _put;
    private readonly S3Conditions _conditions;
    private readonly S3Deletion _deletion;

    /// <summary>Sets the store up; nothing is sent before the first call.</summary>
    /// <exception cref="ArgumentException">A setting is none.</exception>
    public S3BlobStore(S3BlobOptions options)
    {
        _bucket = new S3Connection(options);
        _put = new S3Put(_bucket);
        _conditions = new S3Conditions(_bucket);
        _deletion = new S3Deletion(_bucket);
    }

    /// <inheritdoc/>
    public string Location => _bucket.Options.ToString();

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
        => _put.ReplaceAsync(BlobKey.Check(key), bytes, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TryPutNewAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        BlobKey.Check(key);
        if (await _conditions.AreHonouredAsync(cancellationToken).ConfigureAwait(false))
        {
            return await _put.CreateAsync(key, bytes, cancellationToken).ConfigureAwait(false);
        }

        if (await LengthAsync(key, cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        await _put.ReplaceAsync(key, bytes, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async Task PutFileAsync(string key, string path, CancellationToken cancellationToken = default)
    {
        BlobKey.Check(key);
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.Asynchronous);
        long bytes = RandomAccess.GetLength(file);
        if (bytes <= _bucket.Options.PartBytes)
        {
            byte[] whole = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            await _put.ReplaceAsync(key, whole, cancellationToken).ConfigureAwait(false);
            return;
        }

        // The checksum has to be known before the first part is sent, which costs a reading at the speed of the file cache.
        S3Marks marks = S3Marks.ForNewPut(await ChecksumAsync(file, cancellationToken).ConfigureAwait(false));
        await new S3MultipartUpload(_bucket, key, file, bytes, marks).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<long?> LengthAsync(string key, CancellationToken cancellationToken = default)
        => (await _bucket.HeadAsync(BlobKey.Check(key), cancellationToken).ConfigureAwait(false))?.Bytes;

    /// <inheritdoc/>
    public async Task<byte[]> ReadAsync(string key, int bytesMax, CancellationToken cancellationToken = default)
    {
        MemorySink sink = new(Location, BlobKey.Check(key), bytesMax);
        await new S3Download(_bucket, key, sink).RunAsync(cancellationToken).ConfigureAwait(false);
        return sink.Bytes;
    }

    /// <inheritdoc/>
    public async Task ReadToFileAsync(string key, string path, CancellationToken cancellationToken = default)
    {
        BlobKey.Check(key);
        using IncomingFile file = new(path);
        await new S3Download(_bucket, key, new FileSink(file)).RunAsync(cancellationToken).ConfigureAwait(false);
        file.Complete();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ListObjectsV2Request request = new() { BucketName = _bucket.Name, Prefix = _bucket.FullKey(prefix) };
        string last = "";
        do
        {
            ListObjectsV2Response page = await _bucket.SendAsync(
                $"list the blobs '{prefix}*'", limited => _bucket.Client.ListObjectsV2Async(request, limited), cancellationToken)
                .ConfigureAwait(false);
            foreach (S3Object found in page.S3Objects ?? [])
            {
                if (_bucket.KeyOf(found.Key) is string key)
                {
                    last = string.CompareOrdinal(last, key) < 0 ? key : throw OutOfOrder(last, key);
                    yield return new BlobEntry(key, found.Size ?? 0, found.LastModified?.ToUniversalTime() ?? DateTimeOffset.UnixEpoch);
                }
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
        => _deletion.RunAsync(keys.Select(BlobKey.Check).Distinct().ToArray(), cancellationToken);

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _conditions.Dispose();
        _bucket.Dispose();
    }

    private BlobStoreException OutOfOrder(string before, string after) => new(string.Create(
        CultureInfo.InvariantCulture, $"The store of {Location} lists '{before}' before '{after}', not in order; it cannot be used."));

    private static Task<uint> ChecksumAsync(SafeFileHandle file, CancellationToken cancellationToken) => Task.Run(() =>
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(1 << 20);
        uint checksum = 0;
        long at = 0;
        while (RandomAccess.Read(file, piece, at) is int read and > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            checksum = Crc32C.Append(checksum, piece.AsSpan(0, read));
            at += read;
        }

        ArrayPool<byte>.Shared.Return(piece);
        return checksum;
    }, cancellationToken);
}
