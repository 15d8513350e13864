namespace OrleansVectors.Partitions.Payloads;

/// <summary>A key of an object with its value.</summary>
public readonly ref struct PayloadProperty
{
    internal PayloadProperty(ReadOnlySpan<byte> key, PayloadView value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>The key's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value.</summary>
    public PayloadView Value { get; }
}
