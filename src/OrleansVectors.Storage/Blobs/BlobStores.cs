using OrleansVectors.Storage.Blobs.S3;

namespace OrleansVectors.Storage.Blobs;

/// <summary>Opens the store that a setting names.</summary>
/// <remarks>
/// A folder is its path, or <c>file:</c> before it. A bucket is
/// <c>s3://bucket/prefix?endpoint=http://host:port&amp;region=...&amp;addressing=path|host</c>; prefix and what follows the
/// question mark may be left out. Credentials are never part of it: the environment variables <c>AWS_ACCESS_KEY_ID</c> and
/// <c>AWS_SECRET_ACCESS_KEY</c> or what else AWS' SDK looks at hold them.
/// </remarks>
public static class BlobStores
{
    private const string FileScheme = "file:";

    /// <summary>Opens a store.</summary>
    /// <param name="location">Where it is, as described above.</param>
    /// <param name="tune">Changes what a location does not say, such as time-outs, for a store in S3.</param>
    /// <exception cref="BlobLocationException">The location is none.</exception>
    /// <exception cref="BlobStoreException">The folder cannot be used.</exception>
    public static IBlobStore Open(string location, Func<S3BlobOptions, S3BlobOptions>? tune = null)
    {
        if (location.StartsWith(S3Location.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            S3BlobOptions options = S3Location.Parse(location);
            return new S3BlobStore(tune is null ? options : tune(options));
        }

        return new FolderBlobStore(FolderOf(location));
    }

    private static string FolderOf(string location)
    {
        string path = location;
        if (location.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase))
        {
            path = location[FileScheme.Length..];
            if (path.StartsWith("//", StringComparison.Ordinal))
            {
                // file:///path, with nothing or this machine between the slashes.
                string afterSlashes = path[2..];
                int slash = afterSlashes.IndexOf('/');
                string host = slash < 0 ? afterSlashes : afterSlashes[..slash];
                path = host is "" or "localhost" && slash >= 0
                    ? afterSlashes[slash..]
                    : throw new BlobLocationException("host", $"'{host}' is not this machine; a file location is file:/folder.");
            }
        }
        else if (location.IndexOf("://", StringComparison.Ordinal) is int end and > 0)
        {
            throw new BlobLocationException("scheme", $"'{location[..end]}' is not one of: a folder's path, file, s3.");
        }

        return string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)
            ? throw new BlobLocationException("path", "it is empty or has a character that no path has.")
            : path;
    }
}
