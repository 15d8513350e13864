using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Collections.Copies;

/// <summary>What a new partition is made from: a checkpoint and the log behind it, of a running partition or of a backup.</summary>
internal interface IPartitionSource
{
    /// <summary>The checkpoint; null when the log holds everything.</summary>
    Manifest? Manifest { get; }

    /// <summary>Whether what it gives has been out of our hands, so that every byte is checked before it takes anything's place.</summary>
    bool NeedsChecking { get; }

    /// <summary>Puts one of the checkpoint's files at a path, whole and durable.</summary>
    Task FetchAsync(SegmentId id, string path, CancellationToken cancellationToken);

    /// <summary>The operations behind the checkpoint.</summary>
    IAsyncEnumerable<LogRecord> Records(CancellationToken cancellationToken);
}
