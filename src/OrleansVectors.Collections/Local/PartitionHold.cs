using OrleansVectors.Partitions;

namespace OrleansVectors.Collections.Local;

/// <summary>Keeps a partition loaded until it is disposed of.</summary>
internal sealed class PartitionHold(Partition partition, Action release) : IDisposable
{
    private Action? _release = release;

    public Partition Partition => partition;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
