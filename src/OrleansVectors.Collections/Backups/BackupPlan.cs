using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Backups;

/// <summary>What brings a partition back as it was at a moment: a checkpoint from before it, and the log from there up to it.</summary>
/// <param name="Place">The partition's keys begin with this.</param>
/// <param name="Manifest">Key of the checkpoint's manifest; null to begin with nothing.</param>
/// <param name="Cut">The last operation in the checkpoint.</param>
/// <param name="Chunks">The log behind it, without a gap.</param>
/// <param name="Moment">What was accepted later is left out.</param>
/// <param name="Points">How many points there will be; null when that is not known.</param>
internal sealed record BackupPlan(
    string Place, string? Manifest, LogSequence Cut, IReadOnlyList<BackupRecord.Chunk> Chunks, LogTime Moment, long? Points)
{
    /// <summary>Finds the way that reads the least log.</summary>
    /// <param name="place">The partition's keys begin with this.</param>
    /// <param name="records">What all backups say of the partition, oldest first, each with its time.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="schemaChanges">When the collection's schema changed: a checkpoint that was taken under a later one is of no use.</param>
    /// <param name="removals">
    /// When vector names were removed: operations before that may have asked for one, so no log is replayed over it. A
    /// checkpoint is taken at once after it.
    /// </param>
    /// <returns>Null when the backups do not hold that moment.</returns>
    public static BackupPlan? Find(string place, IReadOnlyList<(LogTime Time, BackupRecord.Partition Partition)> records, LogTime moment, IReadOnlyList<LogTime> schemaChanges, IReadOnlyList<LogTime> removals)
    {
        // The first backup that was taken at the moment or later tells all the log up to it.
        int reaching = Enumerable.Range(0, records.Count).FirstOrDefault(i => records[i].Time >= moment, -1);
        if (reaching < 0)
        {
            return null;
        }

        (LogTime time, BackupRecord.Partition end) = records[reaching];
        IEnumerable<BackupRecord.Partition> starts = records.Take(reaching + 1)
            .Select(record => record.Partition)
            .Where(start => start.Manifest is null
                || (start.CutTime <= moment.Microseconds && !schemaChanges.Any(change => change > moment && change.Microseconds <= start.Taken)))
            .Where(start => !removals.Any(removal => removal.Microseconds > start.Taken && removal <= moment))
            .Reverse();
        List<BackupRecord.Chunk> all = [.. records.Take(reaching + 1).SelectMany(record => record.Partition.Chunks).DistinctBy(chunk => chunk.Key)];
        foreach (BackupRecord.Partition start in starts)
        {
            if (Chain(start.Cut, end.Last, all) is { } chunks)
            {
                return new BackupPlan(place, start.Manifest, new LogSequence(start.Cut), chunks, moment, time == moment ? end.Points : null);
            }
        }

        return null;
    }

    /// <summary>Chunks that hold every operation after one up to another; null when there is a gap. Of two that overlap the younger counts.</summary>
    private static List<BackupRecord.Chunk>? Chain(ulong cut, ulong last, List<BackupRecord.Chunk> all)
    {
        List<BackupRecord.Chunk> chain = [];
        for (ulong next = cut + 1; next <= last;)
        {
            if (all.FindLast(chunk => chunk.First <= next && chunk.Last >= next) is not { } chunk)
            {
                return null;
            }

            chain.Add(chunk);
            next = chunk.Last + 1;
        }

        return chain;
    }
}
