using System.Text.RegularExpressions;

namespace OrleansVectors.Storage.Blobs;

/// <summary>Where blobs are in S3 or in a store that speaks its protocol, and how hard to try.</summary>
public sealed partial record S3BlobOptions
{
    /// <summary>Smallest <see cref="PartBytes"/>: S3 takes no smaller parts.</summary>
    public const int PartBytesMin = 5 << 20;

    /// <summary>Largest <see cref="PartBytes"/>: parts are held in memory while they are sent.</summary>
    public const int PartBytesMax = 1 << 30;

    /// <summary>Name of the bucket. It must exist.</summary>
    public required string Bucket { get; init; }

    /// <summary>What all keys have in front, followed by a slash: a path like a <see cref="BlobKey"/>, or empty.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Address of the store, http or https; null for AWS itself, in <see cref="Region"/>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region requests are signed for; null leaves it to AWS' usual settings, or is us-east-1 with an endpoint.</summary>
    public string? Region { get; init; }

    /// <summary>Id of the access key; null for AWS' usual chain of environment, files and machine role.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The secret that belongs to <see cref="AccessKeyId"/>.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>How the bucket is named in requests; null is by path with an endpoint, by host without.</summary>
    public S3Addressing? Addressing { get; init; }

    /// <summary>Files longer than this are put in parts of this size, in bytes.</summary>
    public int PartBytes { get; init; } = 16 << 20;

    /// <summary>How many parts of one file are sent at once.</summary>
    public int PartsAtOnceMax { get; init; } = 3;

    /// <summary>How often a request is sent before its failure is the operation's.</summary>
    public int AttemptsMax { get; init; } = 6;

    /// <summary>How long an answer may take; one second more for each MiB sent or copied by the request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long one request may be tried in all, its pauses included; as above, one second more for each MiB. A blob being read
    /// begins anew with every MiB that arrives.
    /// </summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Pause before the second attempt; doubles with each, up to ten seconds, and half of it is random.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where this leads, for messages; no secret is in it.</summary>
    public override string ToString() => Prefix.Length == 0 ? $"s3://{Bucket}" : $"s3://{Bucket}/{Prefix}";

    /// <exception cref="ArgumentException">A setting is none.</exception>
    internal void Check()
    {
        Require(IsBucketName(Bucket), nameof(Bucket), Bucket, "a bucket's name: 3 to 63 of a-z 0-9 - and .");
        Require(IsPrefix(Prefix), nameof(Prefix), Prefix, "empty or a path of A-Z a-z 0-9 _ - .");
        Require(Endpoint is null || IsEndpoint(Endpoint), nameof(Endpoint), Endpoint?.Host, "an http or https address without path, query and user");
        Require(AccessKeyId is null == SecretAccessKey is null, nameof(AccessKeyId), AccessKeyId, "set together with the secret, or neither");
        Require(PartBytes is >= PartBytesMin and <= PartBytesMax, nameof(PartBytes), PartBytes, $"{PartBytesMin} to {PartBytesMax}");
        Require(PartsAtOnceMax is >= 1 and <= 64, nameof(PartsAtOnceMax), PartsAtOnceMax, "1 to 64");
        Require(AttemptsMax is >= 1 and <= 100, nameof(AttemptsMax), AttemptsMax, "1 to 100");
        Require(RequestTimeout > TimeSpan.Zero, nameof(RequestTimeout), RequestTimeout, "more than nothing");
        Require(TotalTimeout >= RequestTimeout, nameof(TotalTimeout), TotalTimeout, $"at least {nameof(RequestTimeout)}, {RequestTimeout}");
        Require(RetryDelay >= TimeSpan.Zero, nameof(RetryDelay), RetryDelay, "not negative");
    }

    internal static bool IsBucketName(string name) => BucketName().IsMatch(name);

    // The key may still be as long as a key of S3, 1024 bytes.
    internal static bool IsPrefix(string prefix) => prefix.Length == 0 || (prefix.Length < 1024 - BlobKey.CharactersMax && BlobKey.IsValid(prefix));

    internal static bool IsEndpoint(Uri endpoint)
        => endpoint.IsAbsoluteUri
            && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps)
            && endpoint.UserInfo.Length == 0 && endpoint.PathAndQuery is "/" or "" && endpoint.Fragment.Length == 0;

    private static void Require(bool valid, string name, object? value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentException($"{name} of an S3 blob store is '{value}'; it has to be {expected}.", name);
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();
}
