using System.Globalization;

namespace OrleansVectors.Storage.Segments;

/// <summary>A look at every byte of a segment file that changes nothing.</summary>
/// <param name="Id">The segment.</param>
/// <param name="Path">Its file.</param>
/// <param name="Bytes">The file's size; null when it is not there.</param>
/// <param name="Unreadable">Why nothing can be read from it; null when it is a whole segment at its two ends.</param>
/// <param name="Table">
/// What is wrong with the table of chunks, which no recovery reads: manifests say where chunks are. Null when it is sound.
/// </param>
/// <param name="Padding">
/// The first bytes behind a chunk, or behind the header, that are not zero: no checksum covers them, and a mapping shows them.
/// Null when all are zero.
/// </param>
/// <param name="Chunks">Damaged chunks, of those that were asked for and of those in the table.</param>
public sealed record SegmentInspection(
    SegmentId Id,
    string Path,
    long? Bytes,
    SegmentDamagedException? Unreadable,
    SegmentDamagedException? Table,
    SegmentDamagedException? Padding,
    IReadOnlyDictionary<ChunkRef, SegmentDamagedException> Chunks)
{
    private static readonly Dictionary<ChunkRef, SegmentDamagedException> NoChunks = [];

    /// <summary>What is wrong with a chunk of this segment; null when it is sound.</summary>
    public SegmentDamagedException? DamageOf(in ChunkRef chunk) => Unreadable ?? Chunks.GetValueOrDefault(chunk);

    /// <summary>The segments in a folder by number, complete or not; none where there is no folder.</summary>
    public static IReadOnlyList<SegmentId> List(string folder)
    {
        List<SegmentId> ids = [];
        foreach (string path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + SegmentFormat.Extension) : [])
        {
            if (ulong.TryParse(System.IO.Path.GetFileNameWithoutExtension(path.AsSpan()), NumberStyles.None, null, out ulong id))
            {
                ids.Add(new SegmentId(id));
            }
        }

        ids.Sort();
        return ids;
    }

    /// <summary>Path of a segment's file, whether it is there or not.</summary>
    public static string PathOf(string folder, SegmentId id) => System.IO.Path.Combine(folder, SegmentFormat.FileName(id));

    /// <summary>Looks at a segment.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="id">Its number.</param>
    /// <param name="wanted">Chunks that manifests say are in it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static SegmentInspection Run(
        string folder, SegmentId id, IReadOnlyCollection<ChunkRef> wanted, CancellationToken cancellationToken = default)
    {
        string path = PathOf(folder, id);
        SegmentInspection found = new(id, path, null, null, null, null, NoChunks);
        if (!File.Exists(path))
        {
            return found with { Unreadable = new SegmentDamagedException(path, 0, "a segment file", "no file") };
        }

        try
        {
            using SegmentReader reader = SegmentReader.Open(folder, id);
            return Read(reader, found with { Bytes = reader.Length }, wanted, cancellationToken);
        }
        catch (SegmentDamagedException damage)
        {
            return found with { Bytes = new FileInfo(path).Length, Unreadable = damage };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return found with { Bytes = new FileInfo(path).Length, Unreadable = new SegmentDamagedException(path, 0, "readable bytes", unreadable.Message) };
        }
    }

    private static SegmentInspection Read(
        SegmentReader reader, SegmentInspection found, IReadOnlyCollection<ChunkRef> wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChunkRef> table = [];
        SegmentDamagedException? tableDamage = Damage(reader, 0, () => table = reader.ReadTable());
        if (tableDamage is null && wanted.Except(table).FirstOrDefault() is { Length: > 0 } missing)
        {
            tableDamage = new SegmentDamagedException(
                found.Path, missing.Offset, $"a chunk of {missing.Length} bytes with crc32c {missing.Crc32C:x8} in the table", "none");
        }

        SegmentDamagedException? padding = Damage(
            reader, SegmentFormat.HeaderBytes, () => reader.VerifyZeros(SegmentFormat.HeaderBytes, SegmentFormat.PageBytes));
        Dictionary<ChunkRef, SegmentDamagedException> damaged = [];
        foreach (ChunkRef chunk in wanted.Union(table).OrderBy(chunk => chunk.Offset))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Damage(reader, chunk.Offset, () => reader.Verify(chunk)) is { } damage)
            {
                damaged[chunk] = damage;
            }
            else
            {
                long end = chunk.Offset + chunk.Length;
                padding ??= Damage(reader, end, () => reader.VerifyZeros(end, SegmentFormat.AlignUp(end)));
            }
        }

        return found with { Table = tableDamage, Padding = padding, Chunks = damaged };
    }

    private static SegmentDamagedException? Damage(SegmentReader reader, long offset, Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (SegmentDamagedException damage)
        {
            return damage;
        }
        catch (IOException unreadable)
        {
            return new SegmentDamagedException(reader.Path, offset, "readable bytes", unreadable.Message);
        }
    }
}
