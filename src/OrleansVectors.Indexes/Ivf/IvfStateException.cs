namespace OrleansVectors.Indexes.Ivf;

/// <summary>A stored inverted file does not fit the one that is to be restored from it; train and fill it again from its vectors.</summary>
public sealed class IvfStateException : Exception
{
    public IvfStateException(string field, long actual, long expected)
        : base($"a stored inverted file's {field} is {actual}, expected {expected}")
    {
        Field = field;
        Actual = actual;
        Expected = expected;
    }

    public string Field { get; }

    public long Actual { get; }

    public long Expected { get; }

    internal static void ThrowUnless(bool agrees, string field, long actual, long expected)
    {
        if (!agrees)
        {
            throw new IvfStateException(field, actual, expected);
        }
    }
}
