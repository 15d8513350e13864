using System.Text.Json.Serialization;
using OrleansVectors.Collections.Control;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Backups;

/// <summary>
/// What one backup made safe. It is written last: a backup that has no record never was. With the others of its store it
/// says everything that a restore needs, see <see cref="BackupPlan"/>.
/// </summary>
/// <param name="Format">Version of this document: 1.</param>
/// <param name="Id">Its name, made of its time.</param>
/// <param name="Database">Whose it is.</param>
/// <param name="Time">It holds what was accepted up to here, in microseconds (<see cref="LogTime"/>).</param>
/// <param name="IsWhole">Whether it holds every collection there was.</param>
/// <param name="Collections">What it holds.</param>
/// <param name="Aliases">All aliases at that time, with the collections they pointed at.</param>
internal sealed record BackupRecord(
    int Format,
    string Id,
    string Database,
    long Time,
    bool IsWhole,
    IReadOnlyList<BackupRecord.Collection> Collections,
    IReadOnlyDictionary<string, string> Aliases)
{
    public const int CurrentFormat = 1;

    [JsonIgnore]
    public LogTime Moment => new(Time);

    /// <summary>A collection in a backup.</summary>
    /// <param name="Folder">What names it for ever, whatever it is called.</param>
    /// <param name="Description">Its description then, with those that held before.</param>
    /// <param name="Partitions">Its partitions, by number.</param>
    internal sealed record Collection(string Folder, StoredCollection Description, IReadOnlyList<Partition> Partitions);

    /// <summary>A partition in a backup.</summary>
    /// <param name="Manifest">Key of its checkpoint's manifest; null when the log holds everything.</param>
    /// <param name="Cut">The last operation in the checkpoint; 0 without one.</param>
    /// <param name="CutTime">When that was accepted.</param>
    /// <param name="Taken">When the checkpoint's state was taken.</param>
    /// <param name="Segments">The checkpoint's files with their sizes.</param>
    /// <param name="Chunks">The log from behind the checkpoint on, or from further back, without a gap.</param>
    /// <param name="Last">The last operation of the backup.</param>
    /// <param name="Points">How many points there were; null when that was not known.</param>
    internal sealed record Partition(
        string? Manifest,
        ulong Cut,
        long CutTime,
        long Taken,
        IReadOnlyList<Segment> Segments,
        IReadOnlyList<Chunk> Chunks,
        ulong Last,
        long? Points);

    /// <summary>A file of a checkpoint.</summary>
    internal sealed record Segment(ulong Id, long Bytes);

    /// <summary>A stretch of log.</summary>
    internal sealed record Chunk(string Key, ulong First, ulong Last, long FirstTime, long LastTime)
    {
        [JsonIgnore]
        public LogChunk Stretch => new(new LogSequence(First), new LogSequence(Last), new LogTime(FirstTime), new LogTime(LastTime));
    }
}
