namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>A blob that goes to a file.</summary>
internal sealed class FileSink(IncomingFile file) : IBlobSink
{
    public void Begin(long bytes) => file.Restart();

    public void Append(ReadOnlySpan<byte> piece) => file.Append(piece);
}
