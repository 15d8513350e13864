namespace OrleansVectors.Collections.Backups;

/// <summary>A backup as a user sees it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">It holds what was acknowledged before this.</param>
/// <param name="IsWhole">Whether it holds every collection there was.</param>
/// <param name="Collections">The collections it holds.</param>
public sealed record BackupSummary(string Id, DateTimeOffset Time, bool IsWhole, IReadOnlyList<BackupSummary.Collection> Collections)
{
    /// <summary>A collection in a backup.</summary>
    /// <param name="Name">What it was called.</param>
    /// <param name="Points">How many points it held; null when writes went on while that could have been counted.</param>
    /// <param name="Bytes">Bytes of the checkpoints it rests on, those that it shares with other backups included.</param>
    public sealed record Collection(string Name, long? Points, long Bytes);

    internal static BackupSummary Of(BackupRecord record) => new(
        record.Id,
        record.Moment.ToMoment(),
        record.IsWhole,
        [.. record.Collections.Select(collection => new Collection(
            collection.Description.Name,
            collection.Partitions.Aggregate((long?)0, static (sum, partition) => sum + partition.Points),
            collection.Partitions.Sum(partition => partition.Segments.Sum(segment => segment.Bytes))))]);
}
