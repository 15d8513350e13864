namespace OrleansVectors.Storage.Log;

/// <summary>What every log takes at most.</summary>
public static class LogLimits
{
    /// <summary>Largest operation, in bytes.</summary>
    public const int OperationBytesMax = 256 << 20;

    /// <summary>Largest group, in bytes of operations.</summary>
    public const long GroupBytesMax = 1L << 30;

    /// <summary>Checks a group before anything of it is written.</summary>
    /// <exception cref="OperationTooLargeException">An operation or all together are too large.</exception>
    /// <exception cref="ArgumentException">There is none, or an empty one.</exception>
    /// <returns>Bytes of all operations.</returns>
    public static long Check(ReadOnlySpan<ReadOnlyMemory<byte>> operations)
    {
        if (operations.IsEmpty)
        {
            throw new ArgumentException("A group holds at least one operation.", nameof(operations));
        }

        long bytes = 0;
        foreach (ReadOnlyMemory<byte> operation in operations)
        {
            if (operation.IsEmpty)
            {
                throw new ArgumentException("An operation holds at least one byte.", nameof(operations));
            }

            if (operation.Length > OperationBytesMax)
            {
                throw new OperationTooLargeException(operation.Length, nameof(OperationBytesMax), OperationBytesMax);
            }

            bytes += operation.Length;
        }

        return bytes <= GroupBytesMax ? bytes : throw new OperationTooLargeException(bytes, nameof(GroupBytesMax), GroupBytesMax);
    }
}
