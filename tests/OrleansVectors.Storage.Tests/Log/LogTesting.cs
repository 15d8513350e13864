using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

/// <summary>What the log's tests share.</summary>
internal static class LogTesting
{
    /// <summary>The operation that tests store under a sequence: its size and every byte follow from the number.</summary>
    public static byte[] Operation(ulong sequence, int bytesMax = 40)
    {
        Random random = new((int)sequence);
        byte[] bytes = new byte[random.Next(1, bytesMax + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Appends the next operations as one group.</summary>
    public static LogSequence AppendNext(this LocalLog log, int count = 1, int bytesMax = 40)
    {
        ulong first = log.LastSequence.Value + 1;
        ReadOnlyMemory<byte>[] group = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            group[i] = Operation(first + (ulong)i, bytesMax);
        }

        return log.AppendGroup(group);
    }

    /// <summary>Reads everything from a sequence on and checks each operation; returns how many there were.</summary>
    public static int Check(this LocalLog log, ulong from = 1, int bytesMax = 40)
    {
        ulong expected = from;
        foreach (LogRecord record in log.ReadFrom(new LogSequence(from)))
        {
            Assert.Equal(expected, record.Sequence.Value);
            Assert.True(
                record.Operation.Span.SequenceEqual(Operation(expected, bytesMax)), $"operation {expected} has other bytes");
            expected++;
        }

        Assert.Equal(log.LastSequence.Value + 1, expected);
        return (int)(expected - from);
    }

    public static string NewestFile(string folder) => Directory.GetFiles(folder, "*.log").Max(StringComparer.Ordinal)!;

    /// <summary>Copies a log's files, as a crash of the process would leave them, to another folder.</summary>
    public static void CopyFiles(string from, string to)
    {
        foreach (string old in Directory.GetFiles(to))
        {
            File.Delete(old);
        }

        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
