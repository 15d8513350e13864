using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Doctor;

/// <summary>
/// Reads every byte of a partition's folder and says what an opening would bring back, without opening it: nothing is created,
/// cut or deleted. <see cref="Repair"/> then takes out what is a cache or garbage.
/// </summary>
/// <remarks>
/// The folder's lock is the caller's affair. What decides an opening is told from <see cref="PartitionFolder"/>: it takes the
/// newest manifest that can be read and whose segments are there with their sizes; opens all its segments; checks what
/// leads elsewhere before it answers and the rest behind it (<see cref="ChunkVerification"/>); and replays the log from the
/// manifest's cut on.
/// </remarks>
/// <param name="folder">The partition's folder.</param>
/// <param name="schema">What the partition would be opened with; null when that is not known, and every vector name counts.</param>
/// <param name="logs">Where its log is.</param>
public sealed class PartitionDoctor(string folder, PartitionSchema? schema, LogPlace logs = LogPlace.Folder)
{
    private const string ScratchExtension = ".scratch";

    private readonly List<DoctorFinding> _findings = [];
    private readonly List<string> _garbage = [];

    /// <summary>Whether a region of a checkpoint belongs to an index, which is built again from the vectors where it is damaged.</summary>
    public static bool IsCache(string region) => StateLayout.IsOfIndex(region);

    /// <summary>Examines the folder.</summary>
    public PartitionExamination Examine(CancellationToken cancellationToken = default)
    {
        _findings.Clear();
        _garbage.Clear();
        IReadOnlyList<ManifestInspection> manifests = ManifestInspection.Run(PartitionPaths.Manifests(folder));
        LogHealth log = new(LogInspection.Run(LocalLogs.FolderOf(folder), cancellationToken), logs);
        Dictionary<SegmentId, SegmentInspection> segments = Inspect(manifests, cancellationToken);
        List<ManifestHealth> healths = [.. manifests.Where(file => file.Manifest is not null).Select(file => ManifestHealth.Of(file, segments))];

        ManifestHealth? taken = healths.Find(health => health.HasFiles);
        bool isLoadable = taken is not null || manifests.Count == 0;
        LogSequence cut = taken?.Manifest.Cut ?? LogSequence.None;
        string restore = Restore(log.Log);
        JudgeManifests(manifests, taken, isLoadable && log.ReachesFrom(cut), log.Log, restore);
        JudgeChunks(healths, taken, log, restore);
        if (isLoadable)
        {
            _findings.AddRange(log.Findings(cut, restore));
        }

        JudgeSegments(segments.Values, taken);
        FindGarbage(segments.Keys, log.Log);

        ManifestHealth? whole = healths.Find(health => health.IsDataSound(schema));
        bool isDataSound = whole is null
            ? manifests.Count == 0 && log.ReachesFrom(cut)
            : (taken is null || whole.Manifest.Number >= taken.Manifest.Number) && log.ReachesFrom(whole.Manifest.Cut);
        return new PartitionExamination(
            folder,
            Forecast(taken?.Manifest, log, isLoadable && !_findings.Any(finding => finding.Severity == FindingSeverity.Error)),
            Regions(taken ?? healths.FirstOrDefault()),
            [.. _findings.OrderByDescending(finding => finding.Severity)])
        {
            IsDataSound = isDataSound,
            DamagedIndexes = isDataSound && whole is not null ? Indexes(whole) : [],
            Garbage = isDataSound ? [.. _garbage] : [],
            Base = whole?.Manifest,
        };
    }

    /// <summary>
    /// Leaves damaged indexes out of the newest checkpoint, so that the next opening builds them again, and deletes files that
    /// nothing refers to. Does nothing where data are damaged. May be killed at any moment: what counted before counts until a
    /// manifest has been replaced, and files go one by one.
    /// </summary>
    /// <param name="examination">What an examination found, under the same lock.</param>
    /// <returns>What was done, a sentence each.</returns>
    public IReadOnlyList<string> Repair(PartitionExamination examination)
    {
        List<string> done = [];
        if (!examination.IsDataSound)
        {
            return done;
        }

        if (examination.DamagedIndexes.Count > 0)
        {
            Manifest repaired = WriteWithout(examination.DamagedIndexes, examination.Base!);
            done.Add($"{folder}: checkpoint {repaired.Number} is checkpoint {examination.Base!.Number} without the index of "
                + $"{string.Join(", ", examination.DamagedIndexes.Select(NameOf))}; the next opening builds that again");
        }

        foreach (string path in examination.Garbage)
        {
            File.Delete(path);
            done.Add($"{path}: deleted");
        }

        return done;
    }

    private Manifest WriteWithout(IReadOnlyList<ushort> indexes, Manifest manifest)
    {
        bool Stays(string name) => ManifestHealth.IsWanted(name, schema) && (!StateLayout.IsOfIndex(name) || !indexes.Contains(StateLayout.FieldOf(name)!.Value));
        Epoch logged = LogInspection.Run(LocalLogs.FolderOf(folder)).Epoch;
        ManifestStore store = new(PartitionPaths.Manifests(folder), new SegmentFolder(PartitionPaths.Segments(folder)));

        // It counts as an opening, so that number and epoch together name no other manifest, here or in a backup.
        return store.Write(manifest with
        {
            Epoch = (logged > manifest.Epoch ? logged : manifest.Epoch).Next,
            States = manifest.States.Where(state => Stays(state.Key)).ToDictionary(),
            Regions = manifest.Regions.Where(region => Stays(region.Key)).ToDictionary(),
        });
    }

    private Dictionary<SegmentId, SegmentInspection> Inspect(IReadOnlyList<ManifestInspection> manifests, CancellationToken cancellationToken)
        => manifests
            .Where(file => file.Manifest is not null)
            .SelectMany(file => file.Manifest!.Regions.Values)
            .SelectMany(region => region.Chunks)
            .Distinct()
            .GroupBy(chunk => chunk.Segment)
            .ToDictionary(
                chunks => chunks.Key,
                chunks => SegmentInspection.Run(PartitionPaths.Segments(folder), chunks.Key, [.. chunks], cancellationToken));

    /// <summary>Manifests that cannot be read.</summary>
    private void JudgeManifests(
        IReadOnlyList<ManifestInspection> manifests, ManifestHealth? taken, bool isReplayable, LogInspection log, string restore)
    {
        foreach (ManifestInspection file in manifests.Where(file => file.Damage is not null))
        {
            bool isSpare = taken is not null && file.Number < taken.Manifest.Number;
            string remedy = isSpare ? "a newer checkpoint does not need it; it goes with the next ones"
                : taken is not null && isReplayable
                    ? $"an opening takes checkpoint {taken.Manifest.Number} and replays the log from operation {taken.Manifest.Cut.Next} on: nothing is lost"
                : taken is null && new LogHealth(log, logs).ReachesFrom(LogSequence.None)
                    ? "the log begins with the first operation: with all manifests moved away, an opening replays everything"
                : restore;
            _findings.Add(DoctorFinding.Of(
                isSpare || (taken is not null && isReplayable) ? FindingSeverity.Warning : FindingSeverity.Error, $"checkpoint {file.Number}", file.Damage!, remedy));
        }
    }

    /// <summary>Damaged chunks and segments, each told once: for the checkpoint that an opening takes, else for the newest.</summary>
    private void JudgeChunks(List<ManifestHealth> healths, ManifestHealth? taken, LogHealth log, string restore)
    {
        HashSet<(string File, long Offset)> told = [];
        foreach (ManifestHealth health in healths.OrderByDescending(health => health == taken))
        {
            foreach (IGrouping<(string File, long Offset), RegionDamage> same in health.Damages.GroupBy(damage => (damage.Damage.File, damage.Damage.Offset)))
            {
                if (told.Add(same.Key))
                {
                    string[] regions = [.. same.Select(damage => damage.Region).Distinct()];
                    (FindingSeverity severity, string remedy) = Judge(regions, same.First(), health, taken, healths, log, restore);
                    string what = $"{(regions.Length == 1 ? "region" : "regions")} {string.Join(", ", regions)} of checkpoint {health.Manifest.Number}";
                    _findings.Add(DoctorFinding.Of(severity, what, same.First().Damage, remedy));
                }
            }
        }
    }

    private (FindingSeverity Severity, string Remedy) Judge(
        string[] regions, RegionDamage damage, ManifestHealth health, ManifestHealth? taken, List<ManifestHealth> healths, LogHealth log, string restore)
    {
        string[] data = [.. regions.Where(region => !StateLayout.IsOfIndex(region) && ManifestHealth.IsWanted(region, schema))];
        const string Repairable = "an index is made from the vectors: --repair leaves it out of the checkpoint, and the next opening builds it again";
        if (taken is not null && health.Manifest.Number < taken.Manifest.Number)
        {
            return data.Length > 0
                ? (FindingSeverity.Warning, $"checkpoint {taken.Manifest.Number} does not need it; until the next one there is none to fall back to")
                : (FindingSeverity.Note, "a newer checkpoint does not need it; it goes with the next ones");
        }

        if (health != taken)
        {
            return taken is not null && log.ReachesFrom(taken.Manifest.Cut)
                ? (FindingSeverity.Warning, $"an opening takes checkpoint {taken.Manifest.Number} and replays the log from operation {taken.Manifest.Cut.Next} on: nothing is lost")
                : (FindingSeverity.Error, data.Length > 0 ? restore : Repairable);
        }

        if (data.Length > 0)
        {
            ManifestHealth? older = healths.Find(other => other.Manifest.Number < health.Manifest.Number
                && other.HasFiles && other.IsDataSound(schema) && log.ReachesFrom(other.Manifest.Cut));
            return (FindingSeverity.Error, older is null
                ? $"this is data, which nothing here can make again; {restore}"
                : $"checkpoint {older.Manifest.Number} and the log behind it have everything: with {health.Path} moved away, an opening takes those");
        }

        if (!regions.Any(StateLayout.IsOfIndex) && !damage.IsWholeFile)
        {
            return (FindingSeverity.Warning, "of a vector name that is no longer there: nothing reads it, and the next checkpoint leaves it out");
        }

        // An opening gives up on a file that is no segment and on damage in what it must know before it answers.
        bool refuses = damage.IsWholeFile || regions.Any(region => region.StartsWith("pending-", StringComparison.Ordinal));
        return refuses
            ? (FindingSeverity.Error, $"an opening refuses this; {Repairable}")
            : (FindingSeverity.Warning, $"an opening finds this and builds the index again; {Repairable}");
    }

    /// <summary>What no recovery reads of segments.</summary>
    private void JudgeSegments(IEnumerable<SegmentInspection> segments, ManifestHealth? taken)
    {
        foreach (SegmentInspection segment in segments)
        {
            FindingSeverity severity = taken?.Manifest.SegmentBytes.ContainsKey(segment.Id) == true ? FindingSeverity.Warning : FindingSeverity.Note;
            if (segment.Table is { } table)
            {
                _findings.Add(DoctorFinding.Of(
                    severity, "table of a segment", table, "no recovery reads it: manifests say where chunks are. A backup of this file does not verify. The file goes when checkpoints have written its chunks anew"));
            }

            if (segment.Padding is { } padding)
            {
                _findings.Add(DoctorFinding.Of(
                    severity, "room behind a chunk", padding, "no checksum covers it and the chunk before it is sound, but the disk has changed a byte: watch it"));
            }

            foreach (SegmentDamagedException damage in segment.Chunks.Values.Where(damage => !_findings.Any(told => told.Place == damage.File && told.Offset == damage.Offset)))
            {
                _findings.Add(DoctorFinding.Of(FindingSeverity.Note, "superseded chunk", damage, "no checkpoint refers to it; it goes with its file"));
            }
        }
    }

    private void FindGarbage(IReadOnlyCollection<SegmentId> referenced, LogInspection log)
    {
        string segments = PartitionPaths.Segments(folder);
        foreach (SegmentId id in SegmentInspection.List(segments).Where(id => !referenced.Contains(id)))
        {
            AddGarbage("segment that no checkpoint refers to", SegmentInspection.PathOf(segments, id));
        }

        foreach (string path in log.Leftovers.Concat(ManifestInspection.Leftovers(PartitionPaths.Manifests(folder))).Concat(Scratch()))
        {
            AddGarbage("leftover of an interrupted write", path);
        }
    }

    private string[] Scratch() => Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + ScratchExtension) : [];

    private void AddGarbage(string what, string path)
    {
        _garbage.Add(path);
        _findings.Add(DoctorFinding.Garbage(what, path, $"{new FileInfo(path).Length} bytes"));
    }

    private static RecoveryForecast Forecast(Manifest? manifest, LogHealth log, bool isPossible)
    {
        LogSequence cut = manifest?.Cut ?? LogSequence.None;
        return new RecoveryForecast(
            isPossible,
            manifest?.Number ?? 0,
            cut,
            manifest?.CutTime ?? LogTime.None,
            manifest is null ? 0 : StateLayout.PointsIn(manifest),
            log.ReachesFrom(cut) && log.Log.Files.Count > 0 ? (long)(log.Log.Last.Value - cut.Value) : 0,
            log.Log.First,
            log.Log.Last,
            log.Log.Files.Count > 0 ? log.Log.Files[^1].LastTime : LogTime.None,
            log.Log.Files.Count,
            log.Log.Files.Count > 0 && log.Log.Files[^1].IsClosed);
    }

    private static IReadOnlyList<RegionExamination> Regions(ManifestHealth? health)
        => health is null ? [] :
        [
            .. health.Manifest.Regions.OrderBy(region => region.Key, StringComparer.Ordinal).Select(region => new RegionExamination(
                region.Key,
                StateLayout.IsOfIndex(region.Key),
                region.Value.UsedBytes,
                region.Value.Chunks.Count,
                health.Damages.Count(damage => damage.Region == region.Key))),
        ];

    /// <summary>Whose index to leave out, of a checkpoint whose data are sound.</summary>
    private static ushort[] Indexes(ManifestHealth health)
        => [.. health.Damages.Select(damage => StateLayout.FieldOf(damage.Region)!.Value).Distinct().Order()];

    private string NameOf(ushort number)
        => schema?.Vectors.FirstOrDefault(vector => vector.Number == number) is { Name: { Length: > 0 } name } ? $"`{name}`" : $"vector {number}";

    /// <summary>What a person needs to know to bring back what is lost here.</summary>
    private static string Restore(LogInspection log)
    {
        LogTime last = log.Files.Count > 0 ? log.Files[^1].LastTime : LogTime.None;
        return last == LogTime.None
            ? "restore the collection from a backup"
            : $"restore the collection from a backup: one that reaches {last} has everything that the log here has";
    }
}
