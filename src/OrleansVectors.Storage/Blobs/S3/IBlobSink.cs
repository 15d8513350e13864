namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>Takes a blob as it arrives.</summary>
internal interface IBlobSink
{
    /// <summary>The blob comes from its first byte, perhaps not for the first time; what came before is void.</summary>
    void Begin(long bytes);

    void Append(ReadOnlySpan<byte> piece);
}
