using System.Globalization;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Collections.Backups;

/// <summary>
/// What lies where in a backup store:
/// <code>
/// backups/TIME.json                                    the records, see BackupRecord
/// collections/FOLDER/partition-N/segments/ID.seg       files of checkpoints (SegmentFormat)
/// collections/FOLDER/partition-N/manifests/NUMBER-EPOCH-CUT-TAKEN  (ManifestFormat)
/// collections/FOLDER/partition-N/log/FIRST-LAST-TIME.log stretches of log (LogFormat)
/// </code>
/// Nothing but records is ever put twice under one key with other bytes, so nothing has to be put twice.
/// </summary>
internal static class BackupKeys
{
    public const string Records = "backups/";
    public const string Collections = "collections/";

    public static string Record(string id) => $"{Records}{id}.json";

    /// <summary>The name of a backup of a time.</summary>
    public static string IdOf(LogTime time) => time.ToMoment().ToString("yyyyMMdd'T'HHmmss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The name in a record's key; null when it is none.</summary>
    public static string? IdIn(string key)
        => key.StartsWith(Records, StringComparison.Ordinal) && key.EndsWith(".json", StringComparison.Ordinal)
            ? key[Records.Length..^".json".Length]
            : null;

    public static string Partition(string folder, int number) => $"{Collections}{folder}/partition-{number}/";

    public static string Segment(string partition, ulong id) => $"{partition}segments/{id:D20}.seg";

    public static string ManifestOf(string partition, Manifest manifest) => $"{partition}manifests/{manifest.Number:D20}-{manifest.Epoch}-{manifest.Cut}-{manifest.Taken.Microseconds}";

    public static string Chunk(string partition, LogChunk chunk, string backup) => $"{partition}log/{chunk.First.Value:D20}-{chunk.Last.Value:D20}-{backup}.log";
}
