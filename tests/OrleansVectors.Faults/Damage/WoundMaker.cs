namespace OrleansVectors.Faults.Damage;

/// <summary>Chooses damage: any kind to any kind of file, half of the places at the start of a structure and half anywhere.</summary>
internal sealed class WoundMaker(Random random)
{
    private const int PageBytes = 4096;
    private const int BlockBytesMax = 512;
    private const int GarbageBytesMax = 300;

    private static readonly FileKind[] FileKinds = Enum.GetValues<FileKind>();
    private static readonly WoundKind[] WoundKinds = Enum.GetValues<WoundKind>();

    /// <summary>The next damage to a collection.</summary>
    public Wound Next(VictimFiles files)
    {
        while (true)
        {
            FileKind fileKind = FileKinds[random.Next(FileKinds.Length)];
            WoundKind kind = WoundKinds[random.Next(WoundKinds.Length)];
            IReadOnlyList<string> candidates = files.Of(fileKind);

            // A collection without its document is a deleted one: nothing tells that from damage.
            if (candidates.Count > 0 && (fileKind, kind) != (FileKind.Document, WoundKind.Delete))
                return Make(candidates[random.Next(candidates.Count)], fileKind, kind);
        }
    }

    private Wound Make(string file, FileKind fileKind, WoundKind kind)
    {
        bool isLog = fileKind is FileKind.NewestLog or FileKind.OlderLog;
        LogMap? log = isLog ? LogMap.Read(file) : null;
        long length = log?.End ?? new FileInfo(file).Length;
        long offset = random.Next(2) == 0 ? (long)(random.NextDouble() * length) : Place(file, log, length);
        return kind switch
        {
            WoundKind.AppendGarbage => new Wound(file, fileKind, kind, new FileInfo(file).Length, 1 + random.Next(GarbageBytesMax)),
            WoundKind.Delete => new Wound(file, fileKind, kind, 0, (int)length),
            WoundKind.ZeroBlock => new Wound(file, fileKind, kind, offset, (int)Math.Min(length - offset, 1 + random.Next(BlockBytesMax))),
            _ => new Wound(file, fileKind, kind, offset, 1),
        };
    }

    /// <summary>Where a structure begins: a record, a chunk, a table, a trailer, a field.</summary>
    private long Place(string file, LogMap? log, long length)
    {
        long[] places = log is not null
            ? [.. log.Places]
            : file.EndsWith(".seg", StringComparison.Ordinal)
                ? [0, 8, 16, 60, length - 32, length - 24, length - 16, length - 4, length - 48, .. Chunks(length), .. Chunks(length)]
                : [0, 8, 12, 15, 16, 24, 32, 40, 48, length - 4, length - 1];
        long[] inside = [.. places.Where(place => place >= 0 && place < length)];
        return inside[random.Next(inside.Length)];
    }

    /// <summary>Every page, a little behind its start: chunks begin on pages.</summary>
    private IEnumerable<long> Chunks(long length)
    {
        for (long page = PageBytes; page < length; page += PageBytes)
            yield return page + random.Next(64);
    }
}
