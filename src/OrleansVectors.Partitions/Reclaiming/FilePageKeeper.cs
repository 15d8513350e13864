using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Partitions.Reclaiming;

/// <summary>
/// Lets pages of vectors on disk go when the process nears its limit. They stay in memory as long as the system does not want
/// it, and whoever looks at them again brings them back, so it looks often and acts seldom: searches, indexing and checkpoints
/// can bring half a gigabyte in a second.
/// </summary>
internal sealed class FilePageKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly PartitionState _state;
    private readonly MemoryBudget _memory;
    private readonly Timer _timer;
    private int _busy;

    public FilePageKeeper(PartitionState state, MemoryBudget memory)
    {
        _state = state;
        _memory = memory;
        _timer = new Timer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>Ends when nothing of it runs any more.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Look()
    {
        if (!_memory.IsFullOfFilePages || Interlocked.Exchange(ref _busy, 1) != 0)
        {
            return;
        }

        foreach (VectorField field in _state.Fields)
        {
            field.Rows.Region.LetFilePagesGo();
        }

        Volatile.Write(ref _busy, 0);
    }
}
