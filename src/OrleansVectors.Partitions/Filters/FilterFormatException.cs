namespace OrleansVectors.Partitions.Filters;

/// <summary>An encoded filter that is damaged, from a later version, or beyond <see cref="FilterLimits"/>.</summary>
public sealed class FilterFormatException : Exception
{
    /// <summary>An error at a byte offset from the start of the encoding.</summary>
    public FilterFormatException(int offset, string reason)
        : base($"encoded filter at byte {offset}: {reason}")
    {
        Offset = offset;
    }

    /// <summary>Where, in bytes from 0.</summary>
    public int Offset { get; }
}
