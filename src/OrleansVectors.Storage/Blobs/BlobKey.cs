using System.Buffers;

namespace OrleansVectors.Storage.Blobs;

/// <summary>
/// What a blob's key may be: 1 to <see cref="CharactersMax"/> characters, parts of A-Z a-z 0-9 _ - . between single slashes,
/// no part beginning with a dot. So it is a path below a folder as well as it is a key in S3, and never leads out of either.
/// </summary>
public static class BlobKey
{
    /// <summary>Longest key, in characters.</summary>
    public const int CharactersMax = 512;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./");

    /// <summary>Returns the key.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Check(string key)
    {
        bool valid = key.Length is > 0 and <= CharactersMax
            && !key.AsSpan().ContainsAnyExcept(Characters)
            && key.Split('/').All(static part => part.Length > 0 && part[0] != '.');
        return valid ? key : throw new ArgumentException($"'{key}' is no key of a blob.", nameof(key));
    }
}
