namespace OrleansVectors.Api.Errors;

/// <summary>A part of the request's path that cannot be used. Answered 422.</summary>
/// <param name="name">Which part, as <c>collection_name</c>.</param>
/// <param name="value">What was given.</param>
/// <param name="bound">What it must be, as a phrase.</param>
public sealed class PathParameterException(string name, string value, string bound)
    : Exception($"{name}: value {value} invalid, {bound}")
{
    /// <summary>Which part.</summary>
    public string Name { get; } = name;
}
