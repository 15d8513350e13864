namespace OrleansVectors.Storage.Log;

/// <summary>What precedes an operation in a log file; see <see cref="LogFormat"/>.</summary>
internal readonly record struct LogRecordHeader(
    uint BodyCrc, int OperationBytes, LogSequence Sequence, Epoch Epoch, long Flushed, LogTime Time, bool IsSeal = false)
{
    public bool IsMark => OperationBytes == 0;
}
