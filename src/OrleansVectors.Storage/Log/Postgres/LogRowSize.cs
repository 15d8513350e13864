namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>What an operation counts in the size of a log.</summary>
internal static class LogRowSize
{
    // Row header, numbers and a key of usual length; the index is not read by a recovery.
    private const int OverheadBytes = 96;

    /// <summary>Bytes of its row, about.</summary>
    public static long Of(int operationBytes) => operationBytes + OverheadBytes;
}
