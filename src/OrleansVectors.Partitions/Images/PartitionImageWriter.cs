using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Images;

/// <summary>
/// Makes the folder of a new partition out of a checkpoint and a log, wherever those come from; <see cref="Partition.Open"/>
/// then brings the partition back as it does after a crash.
/// </summary>
/// <remarks>
/// Sequences go on where the source's ended. Times do not: the log of a copy is written anew, and its history begins now.
/// Nothing refers to the folder before the caller makes it known, so one that was not finished is a leftover.
/// </remarks>
/// <param name="name">The new partition's name, see <see cref="ILogStore.Open"/>.</param>
/// <param name="folder">Its folder, which must not be there.</param>
/// <param name="options">Settings it will be opened with.</param>
public sealed class PartitionImageWriter(string name, string folder, PartitionOptions options)
{
    private const int GroupOperationsMax = 1024;
    private const long GroupBytesMax = 8L << 20;

    private readonly SegmentFolder _segments = new(PartitionPaths.Segments(folder));

    /// <summary>Puts the checkpoint in place; a folder without one begins with an empty partition.</summary>
    /// <param name="manifest">The checkpoint.</param>
    /// <param name="fetch">Puts a segment's file, whole and durable, at a path.</param>
    public async Task WriteCheckpointAsync(Manifest manifest, Func<SegmentId, string, Task> fetch)
    {
        foreach (SegmentId id in manifest.SegmentBytes.Keys.Order())
        {
            await fetch(id, _segments.PathOf(id)).ConfigureAwait(false);
        }

        new ManifestStore(PartitionPaths.Manifests(folder), _segments).Write(manifest);
    }

    /// <summary>Writes the operations behind the checkpoint; durable when it returns.</summary>
    /// <param name="manifest">The checkpoint; null for none.</param>
    /// <param name="records">The operations right behind it, without a gap.</param>
    public async Task WriteLogAsync(Manifest? manifest, IAsyncEnumerable<LogRecord> records)
    {
        FolderCreation.Ensure(folder);
        LogSequence next = (manifest?.Cut ?? LogSequence.None).Next;
        using IOperationLog log = options.Logs.Open(name, folder, new LogOptions
        {
            Durability = Durability.Os, // flushed once, below
            FirstSequence = next,
            EpochAfter = manifest?.Epoch ?? Epoch.None,
            Clock = options.Clock,
        });
        List<ReadOnlyMemory<byte>> group = [];
        long bytes = 0;
        await foreach (LogRecord record in records.ConfigureAwait(false))
        {
            if (record.Sequence != next)
            {
                throw new LogRangeException(name, next, record.Sequence, record.Sequence);
            }

            next = next.Next;
            group.Add(record.Operation.ToArray());
            bytes += record.Operation.Length;
            if (group.Count >= GroupOperationsMax || bytes >= GroupBytesMax)
            {
                await log.AppendGroupAsync(group.ToArray()).ConfigureAwait(false);
                group.Clear();
                bytes = 0;
            }
        }

        if (group.Count > 0)
        {
            await log.AppendGroupAsync(group.ToArray()).ConfigureAwait(false);
        }

        await log.FlushAsync().ConfigureAwait(false);
    }
}
