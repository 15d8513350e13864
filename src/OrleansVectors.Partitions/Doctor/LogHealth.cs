using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Doctor;

/// <summary>What a log is good for.</summary>
internal sealed class LogHealth(LogInspection log, LogPlace place)
{
    public LogInspection Log => log;

    /// <summary>Whether an opening with a checkpoint could replay everything behind it.</summary>
    public bool ReachesFrom(LogSequence cut)
        => place == LogPlace.Elsewhere
            || (log.Files.Count > 0
            && log.First <= cut.Next
            && cut <= log.Last
            && !Pairs().Any(pair => pair.File.Damage is not null && IsReadBehind(cut, pair.Next)));

    /// <summary>What is wrong with the log for an opening with a checkpoint.</summary>
    /// <param name="cut">The last operation of the checkpoint; 0 for none.</param>
    /// <param name="remedy">What can be done about operations that are lost.</param>
    public IEnumerable<DoctorFinding> Findings(LogSequence cut, string remedy)
    {
        if (place == LogPlace.Elsewhere)
        {
            yield break;
        }

        if (log.Files.Count == 0)
        {
            yield return new DoctorFinding(
                FindingSeverity.Error, "log", log.Folder, Offset: null, $"the operations behind {cut}", "no file",
                $"an opening refuses this: what had been accepted behind operation {cut} is lost; {remedy}");
            yield break;
        }

        foreach ((LogFileInspection file, LogFileInspection? next) in Pairs())
        {
            if (file.Damage is { } damage)
            {
                bool isRead = IsReadBehind(cut, next);
                yield return DoctorFinding.Of(
                    isRead ? FindingSeverity.Error : FindingSeverity.Warning,
                    $"log from operation {file.Last.Next} on",
                    damage,
                    isRead ? remedy : "the checkpoint has these operations; consumers of changes and backups do not get them from here. The file goes with the next checkpoints");
            }
        }

        if (log.First > cut.Next)
        {
            yield return new DoctorFinding(
                FindingSeverity.Error, "log", log.Files[0].Path, Offset: null, $"operation {cut.Next} in this file or an older one", $"operation {log.First}", remedy);
        }

        if (log.Last < cut && log.Files[^1].Damage is null)
        {
            yield return new DoctorFinding(
                FindingSeverity.Error, "log", log.Files[^1].Path, Offset: null, $"operation {cut}, which the checkpoint ends with, or later ones", $"operations up to {log.Last}",
                $"an opening refuses this: what had been accepted behind the checkpoint is lost; {remedy}");
        }

        if (log.Cut is { } tail)
        {
            yield return new DoctorFinding(
                FindingSeverity.Warning, "end of the log", tail.File, tail.Offset, $"operation {tail.NextSequence}, or the end", $"{tail.Bytes} bytes of which this is true: {tail.Reason}",
                "an opening cuts them off: writes that a crash interrupted. Nobody was told they had succeeded, unless the last bytes of a log that was not closed were damaged");
        }
    }

    private IEnumerable<(LogFileInspection File, LogFileInspection? Next)> Pairs()
        => log.Files.Select((file, i) => (file, i + 1 < log.Files.Count ? log.Files[i + 1] : null));

    /// <summary>Whether a file that another follows is read by a replay behind a cut: it reads whole files.</summary>
    private static bool IsReadBehind(LogSequence cut, LogFileInspection? next) => next is null || next.First > cut.Next;
}
