using System.Buffers;

namespace OrleansVectors.Storage.Blobs;

/// <summary>
/// What a blob's key may be: 1 to <see cref="CharactersMax"/> characters, parts of A-Z a-z 0-9 _ - . between single slashes,
/// no part beginning with a dot or longer than <see cref="PartCharactersMax"/>. So it is a path below a folder as well as it is
/// a key in S3, and never leads out of either.
/// </summary>
public static class BlobKey
{
    /// <summary>Longest key, in characters.</summary>
    public const int CharactersMax = 512;

    /// <summary>Longest part between slashes, in characters: file systems take no longer names.</summary>
    public const int PartCharactersMax = 255;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./");

    /// <summary>Returns the key.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Check(string key)
        => IsValid(key) ? key : throw new ArgumentException($"'{key}' is no key of a blob.", nameof(key));

    /// <summary>Whether a text is a key. What else lies in a store is not listed.</summary>
    internal static bool IsValid(string key)
        => key.Length is > 0 and <= CharactersMax
            && !key.AsSpan().ContainsAnyExcept(Characters)
            && key.Split('/').All(static part => part.Length is > 0 and <= PartCharactersMax && part[0] != '.');
}
