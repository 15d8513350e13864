namespace OrleansVectors.Api.Json;

/// <summary>A value of the right type outside its bound. Answered 422.</summary>
/// <param name="path">Where in the body, as <c>vectors.size</c>.</param>
/// <param name="value">The value, or its size, as text.</param>
/// <param name="bound">What it must be, as a phrase: <c>must be from 1 to 65536</c>.</param>
public sealed class JsonValidationException(string path, string value, string bound)
    : Exception($"{path}: value {value} invalid, {bound}")
{
    /// <summary>Where in the body.</summary>
    public string Path { get; } = path;

    /// <summary>The value, or its size.</summary>
    public string Value { get; } = value;

    /// <summary>What it must be.</summary>
    public string Bound { get; } = bound;

    /// <summary>A number outside a closed range.</summary>
    public static JsonValidationException OutOfRange(string path, object value, object from, object to)
        => new(path, Text(value), $"must be from {Text(from)} to {Text(to)}");

    /// <summary>A number below its least value.</summary>
    public static JsonValidationException TooSmall(string path, object value, object from)
        => new(path, Text(value), $"must be {Text(from)} or larger");

    private static string Text(object value) => FormattableString.Invariant($"{value}");
}
