using System.Globalization;
using System.Text;
using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Documents;

/// <summary>
/// Layout of a control document's file, version 1: one line of ASCII, then the content as it is, so that a person can
/// read it with any tool.
/// <code>
/// OVDOC 1 crc32c=XXXXXXXX version=DDDDDDDDDDDDDDDDDDDD bytes=DDDDDDDDDD\n
/// </code>
/// Hexadecimal digits are lower case; decimal numbers have leading zeros. The checksum covers everything behind it: the
/// rest of the line from the blank on, and the content.
/// </summary>
internal static class DocumentFormat
{
    private const string Start = "OVDOC 1 crc32c=";
    private const int CrcOffset = 15;
    private const int CheckedOffset = CrcOffset + 8;
    private const int VersionOffset = CheckedOffset + 9;
    private const int VersionDigits = 20;
    public const int HeaderBytes = VersionOffset + VersionDigits + 7 + 10 + 1;

    public static byte[] Encode(ReadOnlySpan<byte> content, ulong version)
    {
        byte[] file = new byte[HeaderBytes + content.Length];
        Encoding.ASCII.GetBytes($" version={version:D20} bytes={content.Length:D10}\n", file.AsSpan(CheckedOffset));
        content.CopyTo(file.AsSpan(HeaderBytes));
        uint crc = Crc32C.Compute(file.AsSpan(CheckedOffset));
        Encoding.ASCII.GetBytes($"{Start}{crc:x8}", file);
        return file;
    }

    /// <exception cref="DocumentDamagedException">These are not the bytes that were written.</exception>
    public static VersionedDocument Decode(byte[] file, string path)
    {
        if (file.Length < HeaderBytes)
        {
            throw new DocumentDamagedException(path, 0, $"a header of {HeaderBytes} bytes", $"{file.Length} bytes");
        }

        string expected = $"{Start}{Crc32C.Compute(file.AsSpan(CheckedOffset)):x8}";
        string actual = Encoding.ASCII.GetString(file.AsSpan(0, CheckedOffset));
        ReadOnlySpan<byte> digits = file.AsSpan(VersionOffset, VersionDigits);
        return expected == actual && ulong.TryParse(digits, NumberStyles.None, null, out ulong version)
            ? new VersionedDocument(file.AsMemory(HeaderBytes), version)
            : throw new DocumentDamagedException(path, 0, expected, actual);
    }
}
