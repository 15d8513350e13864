using System.Buffers.Binary;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log.Postgres;

/// <summary>
/// Appends groups that can be told apart, as a partition's committer does: what is refused is not there, after a failure it
/// heals and looks. Keeps what the log must hold.
/// </summary>
internal sealed class GroupWriter(IOperationLog log)
{
    private readonly List<(int Group, int Count)> _expected = [];
    private int _acknowledged;

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public int Refused { get; private set; }

    public int Unknown { get; private set; }

    /// <summary>How many of the unknown ones were there.</summary>
    public int Survived { get; private set; }

    public async Task RunUntilAsync(Func<bool> done)
    {
        Random random = new(7);
        for (int group = 1; !done(); group++)
        {
            int count = random.Next(1, 30);
            LogSequence before = log.LastSequence;
            try
            {
                Assert.Equal(before.Value + (ulong)count, (await log.AppendGroupAsync(Operations(group, count))).Value);
                _expected.Add((group, count));
                Interlocked.Increment(ref _acknowledged);
            }
            catch (LogRefusedException)
            {
                Assert.Equal(before, log.LastSequence);
                Refused++;
                await Task.Delay(2);
            }
            catch (LogFailedException)
            {
                Unknown++;
                await HealAsync();
                if (log.LastSequence != before)
                {
                    Assert.Equal(before.Value + (ulong)count, log.LastSequence.Value);
                    _expected.Add((group, count));
                    Survived++;
                }
            }
        }
    }

    /// <summary>Compares a log with what must be in it.</summary>
    public void Check(IOperationLog opened, string context)
    {
        using IEnumerator<LogRecord> records = opened.ReadFrom(new LogSequence(1)).GetEnumerator();
        foreach ((int group, int count) in _expected)
        {
            foreach (ReadOnlyMemory<byte> operation in Operations(group, count))
            {
                Assert.True(records.MoveNext(), $"{context}: group {group} is missing");
                Assert.True(records.Current.Operation.Span.SequenceEqual(operation.Span), $"{context}: group {group} is not where it should be");
            }
        }

        Assert.False(records.MoveNext(), $"{context}: there is more than there should be");
    }

    private async Task HealAsync()
    {
        while (true)
        {
            try
            {
                await log.HealAsync();
                return;
            }
            catch (LogRefusedException)
            {
                await Task.Delay(10); // the server is still away
            }
        }
    }

    private static ReadOnlyMemory<byte>[] Operations(int group, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        byte[] bytes = new byte[200];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, group);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), i);
        return (ReadOnlyMemory<byte>)bytes;
    })];
}
