namespace OrleansVectors.Partitions.Errors;

/// <summary>A partition cannot do what was asked; nothing of the request was stored.</summary>
public abstract class PartitionException : Exception
{
    private protected PartitionException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
