namespace OrleansVectors.Partitions.Payloads;

/// <summary>A payload that cannot be stored: malformed JSON, text that is not Unicode, or a limit exceeded.</summary>
public sealed class PayloadException : Exception
{
    /// <summary>A payload that is malformed at <paramref name="path"/> ("" is the payload itself).</summary>
    public PayloadException(string path, string reason, Exception? inner = null)
        : base(path.Length == 0 ? $"payload: {reason}" : $"payload field {path}: {reason}", inner)
    {
        Path = path;
    }

    /// <summary>A payload that exceeds a limit of <see cref="PayloadLimits"/>.</summary>
    public PayloadException(string path, string limit, long max, long actual)
        : this(path, $"value {actual} of {limit} invalid, must be at most {max}")
    {
        Limit = limit;
        Max = max;
        Actual = actual;
    }

    /// <summary>Where in the payload, in the form <c>a.b[3]</c>; empty for the payload as a whole.</summary>
    public string Path { get; }

    /// <summary>The limit's name in <see cref="PayloadLimits"/>, or null when no limit was involved.</summary>
    public string? Limit { get; }

    /// <summary>The limit's bound; 0 when no limit was involved.</summary>
    public long Max { get; }

    /// <summary>The offending figure; 0 when no limit was involved.</summary>
    public long Actual { get; }
}
