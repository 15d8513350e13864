using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansVectors.Cli.Points;

/// <summary>
/// Ids as the API takes them. A point's id is an unsigned 64-bit number or a UUID; any other text becomes the UUID
/// version 5 (RFC 9562, section 5.5: SHA-1 of a namespace and the name) of that text, so the same text is always the
/// same point.
/// </summary>
internal static class PointIdText
{
    /// <summary>The namespace of derived ids. It never changes: ids in stored collections depend on it.</summary>
    public static readonly Guid Namespace = new("6f7a1d52-3c0e-5b7e-9a41-0d2f6c8b9e13");

    /// <summary>A row number as an id.</summary>
    public static byte[] OfNumber(ulong number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A text as an id in JSON, quoted; tells whether it had to be derived.</summary>
    public static byte[] OfText(string text, out bool derived)
    {
        derived = !TryParseUuid(text, out Guid uuid);
        return Encoding.ASCII.GetBytes($"\"{(derived ? Derive(text) : uuid)}\"");
    }

    /// <summary>UUID version 5 of a text in <see cref="Namespace"/>.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "UUID version 5 is defined with SHA-1; nothing is protected by it.")]
    public static Guid Derive(string text)
    {
        byte[] name = Encoding.UTF8.GetBytes(text);
        byte[] bytes = new byte[16 + name.Length];
        Namespace.TryWriteBytes(bytes, bigEndian: true, out _);
        name.CopyTo(bytes, 16);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static bool TryParseUuid(string text, out Guid uuid)
    {
        string bare = text.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase) ? text["urn:uuid:".Length..] : text;
        return Guid.TryParseExact(bare, "D", out uuid) || Guid.TryParseExact(bare, "N", out uuid);
    }
}
