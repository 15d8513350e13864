namespace OrleansVectors.Indexes;

/// <summary>A stored index does not fit the one that is to be restored from it; build it again from its vectors.</summary>
public sealed class IndexStateException : Exception
{
    /// <param name="index">What is stored, a word.</param>
    /// <param name="field">What of it is wrong.</param>
    /// <param name="actual">What it is.</param>
    /// <param name="expected">What it should be, or the bound it breaks.</param>
    public IndexStateException(string index, string field, long actual, long expected)
        : base($"a stored {index}'s {field} is {actual}, expected {expected}")
    {
        Field = field;
        Actual = actual;
        Expected = expected;
    }

    public string Field { get; }

    public long Actual { get; }

    public long Expected { get; }

    internal static void ThrowUnless(bool agrees, string index, string field, long actual, long expected)
    {
        if (!agrees)
        {
            throw new IndexStateException(index, field, actual, expected);
        }
    }
}
