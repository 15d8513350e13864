using System.Buffers.Text;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>
/// UUIDs in texts. The form with hyphens and small letters is kept as its 16 bytes, all others as they are written: texts
/// are compared letter by letter, and no other form is 16 bytes long.
/// </summary>
internal static class UuidKey
{
    public const int Bytes = 16;

    private const int TextBytes = 36;

    /// <summary>Whether a text is a UUID in the usual form, in small or large letters.</summary>
    public static bool IsUuid(ReadOnlySpan<byte> text) => text.Length == TextBytes && Utf8Parser.TryParse(text, out Guid _, out int used) && used == TextBytes;

    /// <summary>Makes the 16 bytes of a UUID whose text can be made from them again.</summary>
    public static bool TryCompact(ReadOnlySpan<byte> text, Span<byte> compact)
    {
        if (text.Length != TextBytes || !Utf8Parser.TryParse(text, out Guid value, out int used) || used != TextBytes || text.ContainsAnyInRange((byte)'A', (byte)'F'))
        {
            return false;
        }

        value.TryWriteBytes(compact);
        return true;
    }

    /// <summary>The text of 16 bytes.</summary>
    public static string TextOf(ReadOnlySpan<byte> compact) => new Guid(compact).ToString();
}
