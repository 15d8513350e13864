namespace OrleansVectors.Storage.Log;

/// <summary>
/// A look at all files of a log that changes nothing: every record of every file is checked, where an opening reads the newest
/// file and what it replays. Nobody may be writing meanwhile (<see cref="Folders.FolderLock"/>).
/// </summary>
/// <param name="Folder">The log's folder.</param>
/// <param name="Files">Its files, oldest first.</param>
/// <param name="Cut">What an opening would remove from the end.</param>
/// <param name="Leftovers">Files whose creation was interrupted; an opening deletes them.</param>
public sealed record LogInspection(
    string Folder, IReadOnlyList<LogFileInspection> Files, LogCut? Cut, IReadOnlyList<string> Leftovers)
{
    /// <summary>The oldest operation, or the next one when there is none.</summary>
    public LogSequence First => Files.Count == 0 ? LogSequence.None : Files[0].First;

    /// <summary>The last sound operation of the newest file.</summary>
    public LogSequence Last => Files.Count == 0 ? LogSequence.None : Files[^1].Last;

    /// <summary>The newest epoch.</summary>
    public Epoch Epoch => Files.Count == 0 ? Epoch.None : Files.Max(file => file.Epoch);

    /// <summary>Looks at a log; a folder that is not there is one without files.</summary>
    public static LogInspection Run(string folder, CancellationToken cancellationToken = default)
    {
        List<(string Path, LogSequence First)> names = [];
        List<string> leftovers = [];
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (LogFormat.TryParseFileName(Path.GetFileName(path), out LogSequence first))
            {
                names.Add((path, first));
            }
            else if (path.EndsWith(LogFormat.Extension + Folders.AtomicFile.TemporaryExtension, StringComparison.Ordinal))
            {
                leftovers.Add(path);
            }
        }

        names.Sort(static (left, right) => left.First.CompareTo(right.First));
        List<LogFileInspection> files = [];
        LogCut? cut = null;
        for (int i = 0; i < names.Count; i++)
        {
            LogSequence? next = i + 1 < names.Count ? names[i + 1].First : null;
            files.Add(Inspect(names[i].Path, names[i].First, next, out cut, cancellationToken));
        }

        return new LogInspection(folder, files, cut, leftovers);
    }

    private static LogFileInspection Inspect(
        string path, LogSequence first, LogSequence? nextFirst, out LogCut? cut, CancellationToken cancellationToken)
    {
        LogFileInspection found = new(
            path, 0, first, new LogSequence(first.Value - 1), Epoch.None, LogTime.None, LogTime.None, IsClosed: false, Damage: null);
        cut = null;
        try
        {
            using ILogFile file = DiskLogFiles.Instance.OpenRead(path);
            LogFileHeader header = LogOpening.ReadHeader(file, new LogFileEntry(path, first));
            found = found with { Bytes = file.Length, Epoch = header.Epoch, FirstTime = header.Created, LastTime = header.Created };
            using LogCursor cursor = new(file, LogRecordLayout.Of(header), LogFormat.FileHeaderBytes, file.Length);
            if (Walk(cursor, ref found, cancellationToken) == LogStep.Bad)
            {
                if (nextFirst is not null)
                {
                    return found with { Damage = new LogDamagedException(path, cursor.Offset, cursor.Expected, cursor.Actual) };
                }

                // The newest file may end in writes that a crash interrupted: the rule of recovery tells them from damage.
                cut = LogRecovery.Scan(file, path, header, new SequenceOffsets()).Cut;
            }

            return nextFirst is null || found.Last.Next == nextFirst
                ? found
                : found with { Damage = new LogDamagedException(path, cursor.Offset, $"the operations up to {nextFirst}, or a file that begins with {found.Last.Next}", $"the end after operation {found.Last}") };
        }
        catch (StorageDamagedException damage)
        {
            return found with { Damage = damage };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return found with { Damage = new LogDamagedException(path, 0, "readable bytes", unreadable.Message) };
        }
    }

    /// <summary>Moves over all sound records.</summary>
    private static LogStep Walk(LogCursor cursor, ref LogFileInspection found, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogStep step = cursor.Next(found.Last.Next, found.Epoch);
            if (step is LogStep.End or LogStep.Bad)
            {
                return step;
            }

            bool isFirst = step == LogStep.Operation && cursor.Header.Sequence == found.First;
            found = found with
            {
                Last = cursor.Header.Sequence,
                Epoch = cursor.Header.Epoch,
                FirstTime = isFirst ? cursor.Header.Time : found.FirstTime,
                LastTime = cursor.Header.Time,
                IsClosed = step == LogStep.Mark,
            };
        }
    }
}
