namespace OrleansVectors.Api.Json;

/// <summary>A body that is not JSON, or not of the shape the endpoint reads. Answered 400.</summary>
/// <param name="path">Where in the body, as <c>points[3].vector</c>; empty for the whole.</param>
/// <param name="message">What was expected and what was found.</param>
public sealed class JsonFormatException(string path, string message)
    : Exception(path.Length == 0 ? message : $"{path}: {message}")
{
    /// <summary>Where in the body; empty for the whole.</summary>
    public string Path { get; } = path;
}
