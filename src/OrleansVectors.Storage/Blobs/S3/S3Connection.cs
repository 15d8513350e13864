using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>The connection to a bucket: keys, and requests that are sent until they succeed or may not be sent again.</summary>
internal sealed class S3Connection : IDisposable
{
    private readonly string _keyPrefix;
    private volatile bool _seen;

    public S3Connection(S3BlobOptions options)
    {
        options.Check();
        Options = options;
        _keyPrefix = options.Prefix.Length == 0 ? "" : options.Prefix + "/";
        AmazonS3Config config = Configure(options);
        try
        {
            Client = options.AccessKeyId is null
                ? new AmazonS3Client(config)
                : new AmazonS3Client(new BasicAWSCredentials(options.AccessKeyId, options.SecretAccessKey), config);
        }
        catch (AmazonClientException error)
        {
            // Such as a region that is neither here nor in the environment.
            throw new BlobStoreException($"Cannot use {options}: {error.Message}", error);
        }
    }

    public S3BlobOptions Options { get; }

    public IAmazonS3 Client { get; }

    public string Name => Options.Bucket;

    /// <summary>The name in the bucket of a key, or of a beginning of keys.</summary>
    public string FullKey(string key) => _keyPrefix + key;

    /// <summary>The key of a name in the bucket; null for what is not ours.</summary>
    public string? KeyOf(string fullKey)
        => fullKey.StartsWith(_keyPrefix, StringComparison.Ordinal) && BlobKey.IsValid(fullKey[_keyPrefix.Length..])
            ? fullKey[_keyPrefix.Length..]
            : null;

    public S3Attempts Attempts(string what, long bodyBytes = 0) => new(Options, what, bodyBytes);

    /// <summary>Sends a request, again where that may help.</summary>
    /// <param name="what">What for, as it goes on after "Cannot".</param>
    /// <param name="send">Sends it once.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="bodyBytes">How many bytes are sent, or copied in the store, by it.</param>
    public async Task<T> SendAsync<T>(
        string what, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken, long bodyBytes = 0)
    {
        S3Attempts attempts = Attempts(what, bodyBytes);
        while (true)
        {
            try
            {
                using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limited.CancelAfter(attempts.NextTimeout);
                return await send(limited.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not BlobStoreException)
            {
                await attempts.FailedAsync(error, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks for a blob's size and marks; null when there is none.</summary>
    public async Task<S3Head?> HeadAsync(string key, CancellationToken cancellationToken)
    {
        S3Head? head = await SendAsync(
            $"look for the blob '{key}'", limited => HeadOnceAsync(key, limited), cancellationToken).ConfigureAwait(false);
        if (head is null && !_seen)
        {
            // This answer has no body, so it does not say whether it was the blob or the bucket that is not there.
            ListObjectsV2Request any = new() { BucketName = Name, Prefix = FullKey(key), MaxKeys = 1 };
            await SendAsync(
                $"look for the blob '{key}'", limited => Client.ListObjectsV2Async(any, limited), cancellationToken).ConfigureAwait(false);
        }

        _seen = true;
        return head;
    }

    /// <summary>Asks once.</summary>
    public async Task<S3Head?> HeadOnceAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            GetObjectMetadataResponse found = await Client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = Name, Key = FullKey(key) }, cancellationToken).ConfigureAwait(false);
            return new S3Head(found.ContentLength, S3Marks.PutOf(found.Metadata));
        }
        catch (AmazonS3Exception error) when (S3Failure.IsNoKey(error))
        {
            return null;
        }
    }

    public void Dispose() => Client.Dispose();

    private static AmazonS3Config Configure(S3BlobOptions options)
    {
        AmazonS3Config config = new()
        {
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 0,

            // Time is bounded per request by its token.
            Timeout = Timeout.InfiniteTimeSpan,
            ForcePathStyle = (options.Addressing ?? (options.Endpoint is null ? S3Addressing.Host : S3Addressing.Path)) == S3Addressing.Path,

            // Stores other than AWS refuse the checksums AWS added in 2024, where they are not required.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is Uri endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = options.Region ?? RegionEndpoint.USEast1.SystemName;
        }
        else if (options.Region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return config;
    }
}
