namespace OrleansVectors.Storage.Blobs;

/// <summary>A text does not name a place for blobs. Neither the message nor a property repeats more of it than the wrong part.</summary>
/// <param name="part">Which part of it is wrong, such as <c>bucket</c> or <c>endpoint</c>.</param>
/// <param name="reason">What about it.</param>
public sealed class BlobLocationException(string part, string reason)
    : ArgumentException($"The {part} of the blobs' location is wrong: {reason}")
{
    /// <summary>Which part of it is wrong.</summary>
    public string Part { get; } = part;
}
