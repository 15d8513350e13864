using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>
/// Whether a store honours <c>If-None-Match: *</c> on a put. Some ignore it, which would replace a blob, and some refuse it; so
/// it is tried once on a blob of no bytes whose name is no key, and which stays there. It is the same one for everybody: being
/// never deleted, it gives nobody a wrong answer who asks at the same time.
/// </summary>
internal sealed class S3Conditions(S3Connection bucket) : IDisposable
{
    private const string TrialName = ".honours-if-none-match";
    private readonly SemaphoreSlim _asking = new(1);
    private bool? _honoured;

    public async Task<bool> AreHonouredAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _honoured ??= await AskAsync(cancellationToken).ConfigureAwait(false);
            return _honoured.Value;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        // The first put may succeed because the trial blob is not there yet; the second only if the condition is ignored.
        for (int round = 0; round < 2; round++)
        {
            HttpStatusCode status = await bucket.SendAsync(
                "find out whether puts can be conditional", TryOnceAsync, cancellationToken).ConfigureAwait(false);
            if (status != HttpStatusCode.OK)
            {
                return status == HttpStatusCode.PreconditionFailed;
            }
        }

        return false;
    }

    private async Task<HttpStatusCode> TryOnceAsync(CancellationToken cancellationToken)
    {
        PutObjectRequest request = new()
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(TrialName),
            InputStream = new MemoryStream([]),
            IfNoneMatch = "*",
            UseChunkEncoding = false,
        };
        try
        {
            await bucket.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
            return HttpStatusCode.OK;
        }
        catch (AmazonS3Exception error) when (error.StatusCode is HttpStatusCode.PreconditionFailed
            or HttpStatusCode.NotImplemented or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed)
        {
            return error.StatusCode;
        }
    }
}
