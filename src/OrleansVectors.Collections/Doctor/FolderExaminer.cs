using OrleansVectors.Collections.Control;
using OrleansVectors.Collections.Local;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Doctor;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Storage.Documents;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Collections.Doctor;

/// <summary>
/// One examination of a data folder, and the repair of what it found. What decides is told from <see cref="VectorDatabase"/>:
/// a collection exists as long as its document does, and an opening deletes folders that have none when they are a week old.
/// </summary>
internal sealed class FolderExaminer(string folder, LogPlace logs)
{
    private const string UnreadablePrefix = "unreadable-";
    private const string PartitionPrefix = "partition-";

    private static readonly string[] Ours = ["LOCK", "control", "collections", "scratch"];

    private readonly string _control = Path.Combine(folder, "control");
    private readonly string _collections = Path.Combine(folder, "collections");
    private readonly List<DoctorFinding> _findings = [];
    private readonly List<string> _garbage = [];
    private readonly List<(PartitionDoctor Doctor, PartitionExamination Examination)> _partitions = [];

    public DoctorReport Examine(IReadOnlyList<string> repairs, CancellationToken cancellationToken)
    {
        List<CollectionExamination> collections = [];
        HashSet<string> known = [];
        List<(string Folder, DocumentInspection Document, StoredCollection? Stored)> documents = [.. Documents()];
        HashSet<string> replaced = [.. documents.Select(document => document.Stored?.Replaces).OfType<string>()];
        foreach ((string name, DocumentInspection document, StoredCollection? stored) in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            known.Add(name);
            if (replaced.Contains(name))
            {
                _findings.Add(new DoctorFinding(
                    FindingSeverity.Note, "collection that another has taken the place of", document.Path, null, "", "its document", "an opening deletes it: a crash came between"));
                continue;
            }

            if (stored is not null && collections.Any(other => other.Name == stored.Name))
            {
                _findings.Add(new DoctorFinding(
                    FindingSeverity.Error, $"collection `{stored.Name}`", document.Path, null, "one document for a name", "another one for the same", "an opening keeps one of the two and deletes the other's folder: copy both first"));
            }

            collections.Add(Examine(name, document, stored, cancellationToken));
        }

        JudgeAliases([.. collections.Select(collection => collection.Name)], isComplete: documents.All(document => document.Stored is not null));
        FindOrphans(known);
        FindLeftovers();
        return new DoctorReport(
            folder,
            [.. collections.OrderBy(collection => collection.Name, StringComparer.Ordinal)],
            Backups: [],
            [.. _findings.Concat(_partitions.SelectMany(partition => partition.Examination.Findings)).OrderByDescending(finding => finding.Severity)],
            repairs);
    }

    /// <summary>Repairs what <see cref="Examine(IReadOnlyList{string}, CancellationToken)"/> found, step by step; each step leaves a folder that opens as well as before.</summary>
    public IReadOnlyList<string> Repair(CancellationToken cancellationToken)
    {
        List<string> done = [];
        foreach ((PartitionDoctor doctor, PartitionExamination examination) in _partitions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            done.AddRange(doctor.Repair(examination));
        }

        foreach (string path in _garbage)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }

            done.Add($"{path}: deleted");
        }

        return done;
    }

    private CollectionExamination Examine(string name, DocumentInspection document, StoredCollection? stored, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_collections, name);
        PartitionSchema? schema = stored?.ToPartitionSchema();
        int count = stored?.Schema.PartitionCount ?? Partitions(path).Length;
        List<PartitionExamination> partitions = [];
        for (int number = 0; number < count; number++)
        {
            PartitionDoctor doctor = new(CollectionPaths.Partition(_collections, name, number), schema, logs);
            PartitionExamination examination = doctor.Examine(cancellationToken);
            partitions.Add(examination);
            _partitions.Add((doctor, examination));
        }

        string[] payloadIndexes = [.. (stored?.PayloadIndexNumbers?.Keys ?? []).Order(StringComparer.Ordinal)];
        if (payloadIndexes.Length > 0)
        {
            _findings.Add(new DoctorFinding(
                FindingSeverity.Note, $"payload indexes of `{stored!.Name}`: {string.Join(", ", payloadIndexes)}", document.Path, null, "", "checkpoints hold none", "an opening builds them from the payloads"));
        }

        foreach (string other in Directory.Exists(path) ? Directory.GetFileSystemEntries(path) : [])
        {
            if (!Path.GetFileName(other).StartsWith(PartitionPrefix, StringComparison.Ordinal))
            {
                _findings.Add(Unknown(other));
            }
        }

        return new CollectionExamination(stored?.Name ?? UnreadablePrefix + name, path, payloadIndexes, partitions);
    }

    /// <summary>The documents of collections; what cannot be read is told.</summary>
    private IEnumerable<(string Folder, DocumentInspection Document, StoredCollection? Stored)> Documents()
    {
        if (!Directory.Exists(_control))
        {
            _findings.Add(new DoctorFinding(
                FindingSeverity.Error, "control documents", _control, null, "a folder with a document for each collection", "no folder",
                "an opening would take all collections for leftovers and delete them: bring the folder back first, from a copy or a backup"));
        }

        foreach (DocumentInspection document in DocumentInspection.Run(_control))
        {
            if (document.Damage is { } damage)
            {
                _findings.Add(DoctorFinding.Of(FindingSeverity.Error, $"document {document.Name}", damage, RemedyOf(document.Name)));
            }

            if (document.Name.StartsWith(ControlStore.CollectionPrefix, StringComparison.Ordinal))
            {
                yield return (document.Name[ControlStore.CollectionPrefix.Length..], document, TryParse(document));
            }
        }
    }

    private static string RemedyOf(string document) => document switch
    {
        ControlStore.AliasesName => "no server opens this folder as long as the document is like this: with the file moved away it opens, without any alias",
        ControlStore.DatabaseName => "no server with backups opens this folder: with the file moved away it does, and its backups are another database's from then on",
        _ => "the collection is listed as unreadable and keeps its files: restore its document from a copy, or the collection from a backup",
    };

    private StoredCollection? TryParse(DocumentInspection document)
    {
        try
        {
            return document.Document is { } read ? ControlStore.ParseCollection(document.Name, read.Bytes.Span) : null;
        }
        catch (StoredSchemaException unknown)
        {
            _findings.Add(new DoctorFinding(
                FindingSeverity.Error, $"document {document.Name}", document.Path, null, "a document of this version", unknown.Message, "open the folder with the version that wrote it"));
            return null;
        }
    }

    private void JudgeAliases(HashSet<string> names, bool isComplete)
    {
        DocumentInspection? aliases = DocumentInspection.Run(_control).FirstOrDefault(document => document.Name == ControlStore.AliasesName);
        if (aliases?.Document is not { } document)
        {
            return;
        }

        try
        {
            foreach ((string alias, string name) in ControlStore.ParseAliases(document.Bytes.Span)?.Collections ?? new Dictionary<string, string>())
            {
                if (isComplete && !names.Contains(name))
                {
                    _findings.Add(new DoctorFinding(
                        FindingSeverity.Note, $"alias `{alias}`", aliases.Path, null, $"a collection `{name}`", "none", "an opening drops it: a crash came between the collection's deletion and the alias'"));
                }
            }
        }
        catch (StoredSchemaException unknown)
        {
            _findings.Add(new DoctorFinding(
                FindingSeverity.Error, "document aliases", aliases.Path, null, "a document of this version", unknown.Message, "open the folder with the version that wrote it"));
        }
    }

    /// <summary>Folders of collections that have no document.</summary>
    private void FindOrphans(HashSet<string> known)
    {
        if (!Directory.Exists(_control) || !Directory.Exists(_collections))
        {
            return;
        }

        foreach (string path in Directory.GetDirectories(_collections).Where(path => !known.Contains(Path.GetFileName(path))))
        {
            _garbage.Add(path);
            long bytes = new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            bool holdsData = !Path.GetFileName(path).StartsWith(PartitionOpening.EvictedPrefix, StringComparison.Ordinal) && Partitions(path).Any(HoldsData);
            _findings.Add(new DoctorFinding(
                holdsData ? FindingSeverity.Warning : FindingSeverity.Note,
                "collection without a document", path, null, "", $"{bytes} bytes",
                holdsData
                    ? "an interrupted creation or deletion left it. An opening deletes it when it is a week old, a repair at once: if its document was lost, put that back"
                    : "an interrupted creation or eviction left it; an opening deletes it in time, and a repair at once"));
        }

        foreach (string file in Directory.GetFiles(_collections))
        {
            _findings.Add(Unknown(file));
        }
    }

    private static bool HoldsData(string partition)
        => ManifestInspection.Run(PartitionPaths.Manifests(partition)).Count > 0
            || (LogInspection.Run(LocalLogs.FolderOf(partition)) is { Files.Count: > 0 } log && log.Last >= log.First);

    private void FindLeftovers()
    {
        string scratch = Path.Combine(folder, "scratch");
        IEnumerable<string> leftovers = DocumentInspection.Leftovers(_control)
            .Concat(Directory.Exists(scratch) ? Directory.GetFileSystemEntries(scratch) : []);
        foreach (string path in leftovers)
        {
            _garbage.Add(path);
            _findings.Add(DoctorFinding.Garbage("leftover of an interrupted write", path, Directory.Exists(path) ? "a folder" : $"{new FileInfo(path).Length} bytes"));
        }

        foreach (string other in Directory.GetFileSystemEntries(folder).Where(path => !Ours.Contains(Path.GetFileName(path))))
        {
            _findings.Add(Unknown(other));
        }
    }

    private static DoctorFinding Unknown(string path)
        => new(FindingSeverity.Note, "not of this database", path, null, "", Directory.Exists(path) ? "a folder" : "a file", "nothing reads it; it is left alone");

    private static string[] Partitions(string collection)
        => Directory.Exists(collection) ? Directory.GetDirectories(collection, PartitionPrefix + "*") : [];
}
