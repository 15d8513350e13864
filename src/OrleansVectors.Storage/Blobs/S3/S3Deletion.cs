using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>
/// Deletes blobs, a thousand at a time in stores that can. One that refuses such a request (Swift wants a checksum that AWS
/// dropped) is asked for every blob by itself from then on; so is one that could not delete some of them, for those.
/// </summary>
internal sealed class S3Deletion(S3Connection bucket)
{
    private const int KeysAtOnceMax = 1000;
    private const int RequestsAtOnceMax = 8;
    private volatile bool _oneByOne;

    public async Task RunAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        foreach (string[] some in keys.Chunk(KeysAtOnceMax))
        {
            IEnumerable<string> left = _oneByOne || some.Length == 1
                ? some
                : await bucket.SendAsync(
                    $"delete {some.Length} blobs", limited => DeleteTogetherAsync(some, limited), cancellationToken).ConfigureAwait(false);
            await Parallel.ForEachAsync(
                left,
                new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnceMax, CancellationToken = cancellationToken },
                async (key, stop) => await DeleteAsync(key, stop).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private Task<DeleteObjectResponse> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        DeleteObjectRequest request = new() { BucketName = bucket.Name, Key = bucket.FullKey(key) };
        return bucket.SendAsync($"delete the blob '{key}'", async limited =>
        {
            try
            {
                return await bucket.Client.DeleteObjectAsync(request, limited).ConfigureAwait(false);
            }
            catch (AmazonS3Exception error) when (S3Failure.IsNoKey(error))
            {
                // AWS does not say so, others do.
                return new DeleteObjectResponse();
            }
        }, cancellationToken);
    }

    /// <returns>The keys that have to be deleted by themselves.</returns>
    private async Task<IEnumerable<string>> DeleteTogetherAsync(string[] keys, CancellationToken cancellationToken)
    {
        DeleteObjectsRequest request = new()
        {
            BucketName = bucket.Name,
            Objects = [.. keys.Select(key => new KeyVersion { Key = bucket.FullKey(key) })],
            Quiet = true,
        };
        try
        {
            await bucket.Client.DeleteObjectsAsync(request, cancellationToken).ConfigureAwait(false);
            return [];
        }
        catch (DeleteObjectsException error)
        {
            return [.. error.Response.DeleteErrors.Select(failed => bucket.KeyOf(failed.Key)).OfType<string>()];
        }
        catch (AmazonS3Exception error) when (error.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented
            or HttpStatusCode.MethodNotAllowed or HttpStatusCode.LengthRequired)
        {
            _oneByOne = true;
            return keys;
        }
    }
}
