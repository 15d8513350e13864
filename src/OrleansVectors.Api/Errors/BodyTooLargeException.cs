namespace OrleansVectors.Api.Errors;

/// <summary>A request's body over the limit. Answered 413.</summary>
/// <param name="bytes">Its size when the request announced it.</param>
/// <param name="bytesMax">The limit.</param>
public sealed class BodyTooLargeException(long? bytes, long bytesMax)
    : Exception(bytes is null
        ? $"JSON body is larger than the limit `BodyBytesMax` of {bytesMax} bytes"
        : $"JSON body of {bytes} bytes is larger than the limit `BodyBytesMax` of {bytesMax} bytes")
{
    /// <summary>The body's size when the request announced it.</summary>
    public long? Bytes { get; } = bytes;

    /// <summary>The limit.</summary>
    public long BytesMax { get; } = bytesMax;
}
