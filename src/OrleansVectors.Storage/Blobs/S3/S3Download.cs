using System.Buffers;
using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>Reads a blob whole, from as many answers as it takes, all of them of one version of it.</summary>
/// <remarks>
/// 1. The first request asks for everything. Its answer says the length, the version (ETag) and our checksum.
/// 2. When a body ends early or stops coming, the next request asks for what is missing, of that version only.
/// 3. When the blob was replaced meanwhile, everything begins anew; a store that ignores the condition is found out by the ETag
///    of its answer, one that ignores the range by its status.
/// 4. At the end the checksum has to be the one that was written beside the blob.
/// </remarks>
internal sealed class S3Download(S3Connection bucket, string key, IBlobSink sink)
{
    private const int PieceBytes = 128 << 10;

    // Reading a long blob goes on as long as this much arrives before the bounds in S3BlobOptions.
    private const int ProgressBytes = 1 << 20;

    private string? _version;
    private long _bytes;
    private long _reached;
    private uint _checksum;
    private uint? _checksumPut;
    private bool _inSink;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        S3Attempts attempts = bucket.Attempts($"read the blob '{key}'");
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (_version is null || _reached < _bytes)
            {
                try
                {
                    await FetchAsync(attempts, piece, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception error) when (!_inSink && error is not BlobStoreException)
                {
                    await attempts.FailedAsync(error, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        if (_checksumPut is uint put && put != _checksum)
        {
            throw new BlobStoreException(string.Create(
                CultureInfo.InvariantCulture,
                $"The blob '{key}' in {bucket.Options} is damaged: its checksum is {_checksum:x8}, and was {put:x8} when it was put."));
        }
    }

    private async Task FetchAsync(S3Attempts attempts, byte[] piece, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(attempts.NextTimeout);
        using GetObjectResponse response = await AskAsync(limited.Token).ConfigureAwait(false);
        Accept(response);
        long counted = _reached;
        while (_reached < _bytes)
        {
            limited.CancelAfter(attempts.NextTimeout);
            int wanted = (int)Math.Min(piece.Length, _bytes - _reached);
            int read = await response.ResponseStream.ReadAsync(piece.AsMemory(0, wanted), limited.Token).ConfigureAwait(false);
            Take(piece.AsSpan(0, read));
            if (_reached - counted >= ProgressBytes)
            {
                counted = _reached;
                attempts.Progressed();
            }
        }
    }

    private async Task<GetObjectResponse> AskAsync(CancellationToken cancellationToken)
    {
        GetObjectRequest request = new() { BucketName = bucket.Name, Key = bucket.FullKey(key) };
        if (_version is not null)
        {
            request.EtagToMatch = _version;
            request.ByteRange = new ByteRange(_reached, _bytes - 1);
        }

        try
        {
            return await bucket.Client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception error) when (S3Failure.IsNoKey(error))
        {
            throw new BlobNotFoundException(bucket.Options.ToString(), key, error);
        }
        catch (AmazonS3Exception error) when (_version is not null && ShowsAnotherVersion(error))
        {
            throw Replaced(error);
        }
    }

    // The new version may be shorter than where we are.
    private static bool ShowsAnotherVersion(AmazonS3Exception error)
        => error.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable;

    private void Accept(GetObjectResponse response)
    {
        if (_version is not null && response.ETag != _version)
        {
            throw Replaced(null);
        }

        if (_version is not null && response.HttpStatusCode == HttpStatusCode.PartialContent)
        {
            return;
        }

        _inSink = true;
        sink.Begin(response.ContentLength);
        _inSink = false;
        _bytes = response.ContentLength;
        _checksumPut = S3Marks.ChecksumOf(response.Metadata);
        _checksum = 0;
        _reached = 0;
        _version = response.ETag ?? "";
    }

    private void Take(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
        {
            throw new S3AgainException(string.Create(CultureInfo.InvariantCulture, $"The answer ended after {_reached} of {_bytes} bytes."));
        }

        _inSink = true;
        sink.Append(piece);
        _inSink = false;
        _checksum = Crc32C.Append(_checksum, piece);
        _reached += piece.Length;
    }

    private S3AgainException Replaced(Exception? cause)
    {
        _version = null;
        return new S3AgainException("The blob was replaced while it was read.", cause);
    }
}
