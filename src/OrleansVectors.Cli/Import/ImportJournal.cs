using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansVectors.Cli.CommandLine;

namespace OrleansVectors.Cli.Import;

/// <summary>
/// A small file that says how far an import came: <c>STATE/import-HASH.json</c>, HASH over server, collection, file and
/// every option that decides which point a row becomes. It is replaced as a whole (write beside, rename), so a crash
/// leaves the old one or the new one. It is not flushed to the disk: losing it costs a repetition, and repeating an
/// upsert changes nothing.
/// </summary>
internal sealed class ImportJournal
{
    private readonly string _path;
    private readonly (string Name, long Bytes, string Modified) _file;
    private readonly string _identity;

    private ImportJournal(string path, string identity, (string Name, long Bytes, string Modified) file)
    {
        _path = path;
        _identity = identity;
        _file = file;
    }

    /// <summary>Rows that an earlier run has had confirmed.</summary>
    public long Rows { get; private set; }

    /// <summary>Bad rows among them.</summary>
    public long BadRows { get; private set; }

    /// <summary>True when an earlier run left a journal, but the file has changed since, so it starts over.</summary>
    public bool FileHasChanged { get; private set; }

    /// <summary>Finds the journal of an earlier run of the same import, or starts an empty one.</summary>
    public static ImportJournal Open(ImportSettings settings, Uri url)
    {
        string file = Path.GetFullPath(settings.File);
        string identity = string.Join('\n',
            url.AbsoluteUri,
            settings.Collection,
            file,
            settings.VectorsFile is string vectors ? Path.GetFullPath(vectors) : "",
            settings.Format,
            settings.VectorName,
            settings.IdStart.ToString(CultureInfo.InvariantCulture),
            settings.IdField,
            settings.VectorColumns?.ToString());
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16];
        FileInfo info = new(file);
        if (!info.Exists)
        {
            throw new CommandFailedException($"{settings.File}: there is no such file");
        }

        Directory.CreateDirectory(settings.StateFolder);
        ImportJournal journal = new(
            Path.Combine(settings.StateFolder, $"import-{hash}.json"),
            identity,
            (file, info.Length, info.LastWriteTimeUtc.ToString("O", CultureInfo.InvariantCulture)));
        if (!settings.Restart)
        {
            journal.Load();
        }

        return journal;
    }

    /// <summary>Forgets what an earlier run had confirmed.</summary>
    public void StartOver()
    {
        Rows = 0;
        BadRows = 0;
    }

    /// <summary>Records that all rows before <paramref name="rows"/> are confirmed.</summary>
    public void Save(long rows, long badRows)
    {
        string beside = _path + ".new";
        using (FileStream stream = new(beside, FileMode.Create, FileAccess.Write))
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("identity", _identity);
            writer.WriteString("file", _file.Name);
            writer.WriteNumber("file_bytes", _file.Bytes);
            writer.WriteString("file_modified", _file.Modified);
            writer.WriteNumber("rows", rows);
            writer.WriteNumber("bad_rows", badRows);
            writer.WriteEndObject();
        }

        File.Move(beside, _path, overwrite: true);
    }

    /// <summary>Leaves nothing behind: the next import starts from the first row.</summary>
    public void Remove()
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(_path))!;
        if (!Directory.Exists(folder))
        {
            return;
        }

        File.Delete(_path);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private void Load()
    {
        try
        {
            using JsonDocument saved = JsonDocument.Parse(File.ReadAllBytes(_path));
            JsonElement root = saved.RootElement;
            FileHasChanged = root.GetProperty("file_bytes").GetInt64() != _file.Bytes
                || root.GetProperty("file_modified").GetString() != _file.Modified;
            if (!FileHasChanged)
            {
                Rows = root.GetProperty("rows").GetInt64();
                BadRows = root.GetProperty("bad_rows").GetInt64();
            }
        }
        catch (FileNotFoundException)
        {
            // The usual case: nothing was interrupted.
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CommandFailedException($"{_path}: the journal of an earlier import is damaged ({damage.Message}); start over with --restart");
        }
    }
}
