using OrleansVectors.Collections.Local;
using OrleansVectors.Partitions.Images;
using OrleansVectors.Storage.Blobs;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Collections.Backups;

/// <summary>
/// Puts images of collections into a store: of a checkpoint the files that are not there yet, of the log what came after the
/// last backup.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="scratch">A folder for files on their way.</param>
internal sealed class BackupWriter(IBlobStore store, string scratch)
{
    private const long ChunkBytesMax = 32L << 20;

    /// <summary>Puts one collection.</summary>
    /// <param name="image">The collection.</param>
    /// <param name="previous">The last backup of the same collection; null for the first.</param>
    /// <param name="backup">Name of the backup being taken.</param>
    /// <param name="cancellationToken">Stops it; what has been put is left for the next.</param>
    public async Task<BackupRecord.Collection> WriteAsync(
        CollectionImage image, BackupRecord.Collection? previous, string backup, CancellationToken cancellationToken)
    {
        List<BackupRecord.Partition> partitions = [];
        for (int number = 0; number < image.Partitions.Count; number++)
        {
            partitions.Add(await WriteAsync(
                BackupKeys.Partition(image.Folder, number), image.Partitions[number], previous?.Partitions[number], backup, cancellationToken)
                .ConfigureAwait(false));
        }

        return new BackupRecord.Collection(image.Folder, image.Stored with { Replaces = null }, partitions);
    }

    private async Task<BackupRecord.Partition> WriteAsync(
        string place, PartitionImage image, BackupRecord.Partition? previous, string backup, CancellationToken cancellationToken)
    {
        string? manifest = null;
        List<BackupRecord.Segment> segments = [];
        if (image.Manifest is { } checkpoint)
        {
            manifest = BackupKeys.ManifestOf(place, checkpoint);
            segments = [.. checkpoint.SegmentBytes.OrderBy(segment => segment.Key).Select(segment => new BackupRecord.Segment(segment.Key.Value, segment.Value))];
            if (manifest != previous?.Manifest)
            {
                await PutCheckpointAsync(place, manifest, image, segments.Except(previous?.Segments ?? []), cancellationToken).ConfigureAwait(false);
            }
        }

        // The log goes on where the last backup ended, unless it does not reach back so far, or not even so far forward: a
        // machine that lost power may have forgotten what it had not flushed.
        LogSequence cut = image.Cut;
        bool continues = previous is not null
            && image.OldestLogged.Value <= previous.Last + 1
            && previous.Last <= image.LastLogged.Value
            && IsSameHistory(previous, image);
        LogSequence from = continues ? new LogSequence(previous!.Last).Next : cut.Next;
        List<BackupRecord.Chunk> chunks = [.. (continues ? previous!.Chunks : []).Where(chunk => chunk.Last > cut.Value)];
        chunks.AddRange(await PutLogAsync(place, image, from, backup, cancellationToken).ConfigureAwait(false));
        ulong last = Math.Max(continues ? previous!.Last : cut.Value, chunks.Count > 0 ? chunks[^1].Last : 0);
        return new BackupRecord.Partition(
            manifest, cut.Value, image.Manifest?.CutTime.Microseconds ?? 0, image.Manifest?.Taken.Microseconds ?? 0, segments, chunks, last, image.Points);
    }

    /// <summary>Whether the last operation that was put is the one the log has under that number, where it still has it.</summary>
    private static bool IsSameHistory(BackupRecord.Partition previous, PartitionImage image)
        => previous.Chunks is not [.., var last]
            || last.Last != previous.Last
            || image.OldestLogged.Value > previous.Last
            || image.Log(new LogSequence(previous.Last)).First().Time.Microseconds == last.LastTime;

    private async Task PutCheckpointAsync(
        string place, string manifestKey, PartitionImage image, IEnumerable<BackupRecord.Segment> segments, CancellationToken cancellationToken)
    {
        foreach (BackupRecord.Segment segment in segments)
        {
            string key = BackupKeys.Segment(place, segment.Id);
            if (await store.LengthAsync(key, cancellationToken).ConfigureAwait(false) != segment.Bytes)
            {
                await store.PutFileAsync(key, image.PathOf(new SegmentId(segment.Id)), cancellationToken).ConfigureAwait(false);
            }
        }

        await store.PutAsync(manifestKey, image.Manifest!.ToBytes(), cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<BackupRecord.Chunk>> PutLogAsync(
        string place, PartitionImage image, LogSequence from, string backup, CancellationToken cancellationToken)
    {
        List<BackupRecord.Chunk> chunks = [];
        using IEnumerator<LogRecord> records = image.Log(from).GetEnumerator();
        string path = Path.Combine(scratch, Guid.NewGuid().ToString("N"));
        try
        {
            for (bool hasCurrent = false; LogChunk.Write(path, records, ref hasCurrent, ChunkBytesMax) is { } stretch;)
            {
                string key = BackupKeys.Chunk(place, stretch, backup);
                await store.PutFileAsync(key, path, cancellationToken).ConfigureAwait(false);
                chunks.Add(new BackupRecord.Chunk(
                    key, stretch.First.Value, stretch.Last.Value, stretch.FirstTime.Microseconds, stretch.LastTime.Microseconds));
            }
        }
        finally
        {
            File.Delete(path);
        }

        return chunks;
    }
}
