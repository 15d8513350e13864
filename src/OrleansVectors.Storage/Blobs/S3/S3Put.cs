using System.Net;
using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>Puts bytes in one request.</summary>
internal sealed class S3Put(S3Connection bucket)
{
    public Task ReplaceAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        S3Marks marks = S3Marks.ForNewPut(Crc32C.Compute(bytes.Span));
        return bucket.SendAsync(
            $"put the blob '{key}'", limited => bucket.Client.PutObjectAsync(Request(key, bytes, marks), limited), cancellationToken, bytes.Length);
    }

    /// <summary>Puts on the condition that there is nothing, in a store that honours it.</summary>
    /// <returns>False when there was something.</returns>
    public async Task<bool> CreateAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        S3Marks marks = S3Marks.ForNewPut(Crc32C.Compute(bytes.Span));
        bool created = await bucket.SendAsync(
            $"put the new blob '{key}'", limited => CreateOnceAsync(key, bytes, marks, limited), cancellationToken, bytes.Length)
            .ConfigureAwait(false);

        // What is there may be what an attempt of ours put whose answer was lost.
        return created || (await bucket.HeadAsync(key, cancellationToken).ConfigureAwait(false))?.Put == marks.Put;
    }

    private async Task<bool> CreateOnceAsync(string key, ReadOnlyMemory<byte> bytes, S3Marks marks, CancellationToken cancellationToken)
    {
        PutObjectRequest request = Request(key, bytes, marks);
        request.IfNoneMatch = "*";
        try
        {
            await bucket.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception error) when (S3Failure.HasStatus(error, HttpStatusCode.PreconditionFailed))
        {
            return false;
        }
    }

    private PutObjectRequest Request(string key, ReadOnlyMemory<byte> bytes, S3Marks marks)
    {
        PutObjectRequest request = new()
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            InputStream = StreamOf(bytes),
            ContentType = "application/octet-stream",
            UseChunkEncoding = false,
        };
        marks.WriteTo(request.Metadata);
        return request;
    }

    internal static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes)
        => MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> part)
            ? new MemoryStream(part.Array!, part.Offset, part.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
