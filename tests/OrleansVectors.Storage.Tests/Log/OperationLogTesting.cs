using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

/// <summary>What the tests of every kind of log share.</summary>
internal static class OperationLogTesting
{
    /// <summary>The operations that tests store under consecutive sequences.</summary>
    public static ReadOnlyMemory<byte>[] Group(ulong first, int count, int bytesMax)
    {
        ReadOnlyMemory<byte>[] group = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            group[i] = LogTesting.Operation(first + (ulong)i, bytesMax);
        }

        return group;
    }

    /// <summary>Appends the next operations as one group.</summary>
    public static ValueTask<LogSequence> AppendNextAsync(this IOperationLog log, int count = 1, int bytesMax = 40)
        => log.AppendGroupAsync(Group(log.LastSequence.Value + 1, count, bytesMax));

    /// <summary>Reads everything from a sequence on and checks each operation; returns how many there were.</summary>
    public static int Verify(this IOperationLog log, ulong from = 1, int bytesMax = 40)
    {
        ulong expected = from, last = log.LastSequence.Value;
        LogTime time = LogTime.None;
        Epoch epoch = Epoch.None;
        foreach (LogRecord record in log.ReadFrom(new LogSequence(from)))
        {
            Assert.Equal(expected, record.Sequence.Value);
            Assert.True(record.Operation.Span.SequenceEqual(LogTesting.Operation(expected, bytesMax)), $"operation {expected} has other bytes");
            Assert.True(record.Time >= time, $"operation {expected} is older than the one before");
            Assert.True(record.Epoch >= epoch, $"operation {expected} has a smaller epoch than the one before");
            (time, epoch) = (record.Time, record.Epoch);
            expected++;
        }

        Assert.True(expected > last, $"reading ended with {expected - 1} of {last}");
        return (int)(expected - from);
    }
}
