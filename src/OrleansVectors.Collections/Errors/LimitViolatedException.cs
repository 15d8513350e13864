namespace OrleansVectors.Collections.Errors;

/// <summary>A value outside its bound.</summary>
/// <param name="field">Dotted path of the value in the request.</param>
/// <param name="value">The value, or its size, as text.</param>
/// <param name="bound">What it must be, as a phrase: <c>must be from 1 to 65536</c>.</param>
public sealed class LimitViolatedException(string field, string value, string bound)
    : OrleansVectorsException($"{field}: value {value} invalid, {bound}")
{
    /// <summary>Dotted path of the value in the request.</summary>
    public string Field { get; } = field;

    /// <summary>The value, or its size.</summary>
    public string Value { get; } = value;

    /// <summary>What it must be.</summary>
    public string Bound { get; } = bound;
}
