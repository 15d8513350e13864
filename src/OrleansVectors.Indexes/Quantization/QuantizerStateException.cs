namespace OrleansVectors.Indexes.Quantization;

/// <summary>Stored parameters of a quantizer cannot be used; train it again.</summary>
/// <param name="field">What is wrong.</param>
/// <param name="actual">What it is.</param>
/// <param name="expected">What it should be, or the bound it breaks.</param>
public sealed class QuantizerStateException(string field, double actual, double expected)
    : Exception($"a stored quantizer's {field} is {actual}, expected {expected}")
{
    public string Field { get; } = field;

    public double Actual { get; } = actual;

    public double Expected { get; } = expected;

    internal static void ThrowUnless(bool agrees, string field, double actual, double expected)
    {
        if (!agrees)
        {
            throw new QuantizerStateException(field, actual, expected);
        }
    }
}
