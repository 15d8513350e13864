namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>Reads <c>s3://bucket/prefix?endpoint=...</c>, as <see cref="BlobStores"/> describes it.</summary>
internal static class S3Location
{
    public const string Scheme = "s3://";

    /// <exception cref="BlobLocationException">It is none.</exception>
    public static S3BlobOptions Parse(string location)
    {
        string rest = location[Scheme.Length..];
        string path = Before(rest, '?');
        string bucket = Before(path, '/');
        if (path.Contains('@', StringComparison.Ordinal))
        {
            throw new BlobLocationException("user", "credentials come from the environment, never from the location.");
        }

        if (!S3BlobOptions.IsBucketName(bucket))
        {
            throw new BlobLocationException("bucket", $"'{bucket}' is no bucket's name: 3 to 63 of a-z 0-9 - and .");
        }

        string prefix = path[bucket.Length..].Trim('/');
        if (!S3BlobOptions.IsPrefix(prefix))
        {
            throw new BlobLocationException("prefix", $"'{prefix}' is no path of A-Z a-z 0-9 _ - . whose parts do not begin with a dot.");
        }

        S3BlobOptions options = new() { Bucket = bucket, Prefix = prefix };
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string setting in rest[Math.Min(path.Length + 1, rest.Length)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = Before(setting, '=');
            string value = Uri.UnescapeDataString(setting[Math.Min(name.Length + 1, setting.Length)..]);
            options = seen.Add(name) ? With(options, name, value) : throw new BlobLocationException(name, "it is given twice.");
        }

        return options;
    }

    // A value is repeated in a message only where it cannot well be a secret.
    private static S3BlobOptions With(S3BlobOptions options, string name, string value) => name switch
    {
        "endpoint" => Uri.TryCreate(value, UriKind.Absolute, out Uri? endpoint) && S3BlobOptions.IsEndpoint(endpoint)
            ? options with { Endpoint = endpoint }
            : throw new BlobLocationException(name, "it is no http or https address without path, query and user, such as http://host:9000."),
        "region" => value.Length is > 0 and <= 64 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? options with { Region = value }
            : throw new BlobLocationException(name, "it is no region's name, such as eu-central-1."),
        "addressing" => value switch
        {
            "path" => options with { Addressing = S3Addressing.Path },
            "host" => options with { Addressing = S3Addressing.Host },
            _ => throw new BlobLocationException(name, "it is neither path nor host."),
        },
        _ => throw new BlobLocationException(
            "query", $"there is no setting '{name}', only endpoint, region and addressing; credentials come from the environment."),
    };

    private static string Before(string text, char end) => text.IndexOf(end, StringComparison.Ordinal) is int at and >= 0 ? text[..at] : text;
}
