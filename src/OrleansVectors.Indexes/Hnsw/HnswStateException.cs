namespace OrleansVectors.Indexes.Hnsw;

/// <summary>A stored graph does not fit the graph that is to be restored from it; rebuild the graph from its vectors.</summary>
public sealed class HnswStateException : Exception
{
    public HnswStateException(string field, long actual, long expected)
        : base($"a stored graph's {field} is {actual}, expected {expected}")
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
            throw new HnswStateException(field, actual, expected);
        }
    }
}
