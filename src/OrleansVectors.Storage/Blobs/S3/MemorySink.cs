namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>A blob that goes to memory, if it is not too long.</summary>
internal sealed class MemorySink(string location, string key, int bytesMax) : IBlobSink
{
    private int _at;

    public byte[] Bytes { get; private set; } = [];

    public void Begin(long bytes)
    {
        if (bytes > bytesMax)
        {
            throw new BlobStoreException($"The blob '{key}' in {location} has {bytes} bytes, more than the {bytesMax} expected.");
        }

        Bytes = new byte[bytes];
        _at = 0;
    }

    public void Append(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(Bytes.AsSpan(_at));
        _at += piece.Length;
    }
}
