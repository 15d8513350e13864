using OrleansVectors.Collections.Control;
using OrleansVectors.Collections.Local;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Images;
using OrleansVectors.Storage;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Collections.Copies;

/// <summary>Makes the files of a new collection from sources. Nothing knows of them before its document is saved.</summary>
/// <param name="stored">The description of what is copied, as of the time of the copy.</param>
/// <param name="partitions">A source for each partition, by number.</param>
internal sealed class CollectionCopy(StoredCollection stored, IReadOnlyList<IPartitionSource> partitions)
{
    /// <summary>The description.</summary>
    public StoredCollection Stored => stored;

    /// <summary>Bytes of files whose checksums were compared, or that were read while they were written.</summary>
    public long CheckedBytes { get; private set; }

    /// <summary>Writes the files into a folder of the database that is not there yet.</summary>
    public async Task WriteAsync(string root, string folder, PartitionOptions options, CancellationToken cancellationToken)
    {
        for (int number = 0; number < partitions.Count; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IPartitionSource source = partitions[number];
            PartitionImageWriter writer = new(
                CollectionPaths.PartitionName(folder, number), CollectionPaths.Partition(root, folder, number), options);
            if (source.Manifest is { } manifest)
            {
                await writer.WriteCheckpointAsync(manifest, (id, path) => source.FetchAsync(id, path, cancellationToken)).ConfigureAwait(false);
            }

            await writer.WriteLogAsync(source.Manifest, source.Records(cancellationToken)).ConfigureAwait(false);
            if (source.NeedsChecking)
            {
                CheckedBytes += Check(CollectionPaths.Partition(root, folder, number), cancellationToken);
            }
        }
    }

    /// <summary>Compares every checksum of a partition's segments; its log was checked as it was read.</summary>
    /// <exception cref="StorageDamagedException">The first damage.</exception>
    private static long Check(string partition, CancellationToken cancellationToken)
    {
        long bytes = 0;
        SegmentFolder segments = new(PartitionPaths.Segments(partition));
        foreach (SegmentId id in segments.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using SegmentReader reader = segments.Open(id);
            reader.VerifyAll();
            bytes += reader.Length;
        }

        DirectoryInfo log = new(LocalLogs.FolderOf(partition));
        return bytes + (log.Exists ? log.EnumerateFiles().Sum(file => file.Length) : 0);
    }
}
