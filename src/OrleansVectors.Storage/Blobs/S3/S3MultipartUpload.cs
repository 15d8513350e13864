using System.Buffers;
using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Win32.SafeHandles;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>
/// Puts a file in parts, which become a blob in one step at the end. When that does not come to pass the upload is aborted, so
/// that its parts are not kept and paid for; those of a process that is killed, and of an upload whose very first answer was
/// lost, are left to the bucket's lifecycle rule for unfinished uploads.
/// </summary>
internal sealed class S3MultipartUpload(S3Connection bucket, string key, SafeFileHandle file, long bytes, S3Marks marks)
{
    private const int PartsMax = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly string _what = $"put the blob '{key}'";

    // Whole MiB; larger than set only where the file would have more parts than S3 allows.
    private readonly long _partBytes = Math.Max(bucket.Options.PartBytes, ((bytes / PartsMax) + (1 << 20)) >> 20 << 20);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        InitiateMultipartUploadResponse upload = await bucket.SendAsync(_what, BeginAsync, cancellationToken).ConfigureAwait(false);
        try
        {
            List<PartETag> parts = await SendPartsAsync(upload.UploadId, cancellationToken).ConfigureAwait(false);
            await CompleteAsync(upload.UploadId, parts, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync(upload.UploadId).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Begins the upload. Whoever cancels waits a little for the answer: without it nobody knows what to abort.
    /// </summary>
    private async Task<InitiateMultipartUploadResponse> BeginAsync(CancellationToken cancellationToken)
    {
        InitiateMultipartUploadRequest begin = new()
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            ContentType = "application/octet-stream",
        };
        marks.WriteTo(begin.Metadata);
        using CancellationTokenSource patient = new();
        using CancellationTokenRegistration impatience = cancellationToken.Register(() => patient.CancelAfter(Patience));
        return await bucket.Client.InitiateMultipartUploadAsync(begin, patient.Token).ConfigureAwait(false);
    }

    private async Task<List<PartETag>> SendPartsAsync(string uploadId, CancellationToken cancellationToken)
    {
        PartETag[] sent = new PartETag[(bytes + _partBytes - 1) / _partBytes];
        ParallelOptions parallel = new()
        {
            MaxDegreeOfParallelism = bucket.Options.PartsAtOnceMax,
            CancellationToken = cancellationToken,
        };

        // Returns when no part is under way any more, also when one failed: only then can the upload be aborted for good.
        await Parallel.ForEachAsync(Enumerable.Range(0, sent.Length), parallel, async (index, stop) =>
            sent[index] = await SendPartAsync(uploadId, index, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. sent];
    }

    private async Task<PartETag> SendPartAsync(string uploadId, int index, CancellationToken cancellationToken)
    {
        long offset = index * _partBytes;
        int length = (int)Math.Min(_partBytes, bytes - offset);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await ReadPartAsync(buffer.AsMemory(0, length), offset, cancellationToken).ConfigureAwait(false);
            string what = string.Create(CultureInfo.InvariantCulture, $"put part {index + 1} of the blob '{key}'");
            UploadPartResponse response = await bucket.SendAsync(
                what,
                limited => bucket.Client.UploadPartAsync(Part(uploadId, index, buffer.AsMemory(0, length)), limited),
                cancellationToken,
                length).ConfigureAwait(false);
            return new PartETag(index + 1, response.ETag);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private UploadPartRequest Part(string uploadId, int index, ReadOnlyMemory<byte> part) => new()
    {
        BucketName = bucket.Name,
        Key = bucket.FullKey(key),
        UploadId = uploadId,
        PartNumber = index + 1,
        PartSize = part.Length,
        InputStream = S3Put.StreamOf(part),
        UseChunkEncoding = false,
    };

    private async Task ReadPartAsync(Memory<byte> part, long offset, CancellationToken cancellationToken)
    {
        int at = 0;
        while (at < part.Length)
        {
            int read = await RandomAccess.ReadAsync(file, part[at..], offset + at, cancellationToken).ConfigureAwait(false);
            at += read > 0 ? read : throw new EndOfStreamException($"The file put as blob '{key}' became shorter meanwhile.");
        }
    }

    private Task<bool> CompleteAsync(string uploadId, List<PartETag> parts, CancellationToken cancellationToken)
    {
        CompleteMultipartUploadRequest complete = new()
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            UploadId = uploadId,
            PartETags = parts,
        };
        bool asked = false;
        return bucket.SendAsync(_what, async limited =>
        {
            // When the answer was lost, the upload may be gone because the blob is there.
            if (asked && (await bucket.HeadOnceAsync(key, limited).ConfigureAwait(false))?.Put == marks.Put)
            {
                return true;
            }

            bool again = asked;
            asked = true;
            return await CompleteOnceAsync(complete, again, limited).ConfigureAwait(false);
        }, cancellationToken, bytes);
    }

    private async Task<bool> CompleteOnceAsync(CompleteMultipartUploadRequest complete, bool again, CancellationToken cancellationToken)
    {
        try
        {
            CompleteMultipartUploadResponse response = await bucket.Client.CompleteMultipartUploadAsync(complete, cancellationToken)
                .ConfigureAwait(false);

            // S3 begins its answer before it is done, and then a failure comes with status 200.
            return response.ETag is null ? throw new S3AgainException("The store did not say that the parts are joined.") : true;
        }
        catch (AmazonS3Exception error) when (again && error.ErrorCode == "NoSuchUpload")
        {
            throw new S3AgainException("The upload is neither open nor done yet.", error);
        }
    }

    private async Task AbortAsync(string uploadId)
    {
        AbortMultipartUploadRequest abort = new() { BucketName = bucket.Name, Key = bucket.FullKey(key), UploadId = uploadId };

        // The caller learns of the first failure and must not wait long for this.
        using CancellationTokenSource enough = new(bucket.Options.RequestTimeout);
        try
        {
            await bucket.SendAsync(_what, limited => bucket.Client.AbortMultipartUploadAsync(abort, limited), enough.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is BlobStoreException or OperationCanceledException)
        {
            // What failed before is what the caller should see.
        }
    }
}
