using System.Globalization;
using Amazon.S3.Model;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>
/// What we write beside a blob: its checksum, which every reader of the whole blob compares, and the id of the put, which tells
/// a put whose answer was lost whether it was done.
/// </summary>
internal sealed record S3Marks(string Put, uint Checksum)
{
    private const string PutName = "ov-put";
    private const string ChecksumName = "ov-crc32c";

    public static S3Marks ForNewPut(uint checksum) => new(Guid.NewGuid().ToString("N"), checksum);

    public static string? PutOf(MetadataCollection metadata) => metadata[PutName];

    /// <summary>The checksum; null for a blob that others put there.</summary>
    public static uint? ChecksumOf(MetadataCollection metadata)
        => uint.TryParse(metadata[ChecksumName], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint checksum) ? checksum : null;

    public void WriteTo(MetadataCollection metadata)
    {
        metadata[PutName] = Put;
        metadata[ChecksumName] = Checksum.ToString("x8", CultureInfo.InvariantCulture);
    }
}
