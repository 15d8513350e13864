namespace OrleansVectors.Api.Errors;

/// <summary>A query parameter that cannot be used. Answered 422.</summary>
/// <param name="name">The parameter.</param>
/// <param name="value">What was given.</param>
/// <param name="bound">What it must be, as a phrase: <c>must be 1 or larger</c>.</param>
public sealed class QueryParameterException(string name, string value, string bound)
    : Exception($"{name}: value {value} invalid, {bound}")
{
    /// <summary>The parameter.</summary>
    public string Name { get; } = name;
}
