namespace OrleansVectors.Partitions.Payloads;

/// <summary>A key path that does not parse.</summary>
public sealed class PayloadPathException : Exception
{
    /// <summary>An error at <paramref name="position"/>, counted in UTF-16 code units from 0.</summary>
    public PayloadPathException(string text, int position, string reason)
        : base($"Invalid json path: '{text}' at position {position}: {reason}")
    {
        Text = text;
        Position = position;
    }

    /// <summary>The path as given; cut when it is longer than allowed.</summary>
    public string Text { get; }

    /// <summary>Where, in UTF-16 code units from 0.</summary>
    public int Position { get; }
}
