using System.Buffers.Binary;

namespace OrleansVectors.Faults.Damage;

/// <summary>
/// Where the records of a log file lie: the format of version 2 as OrleansVectors.Storage documents it, read a second time. Only
/// sound files are read, so nothing is checked.
/// </summary>
internal sealed class LogMap
{
    private const int FileHeaderBytes = 64;
    private const int RecordHeaderBytes = 48;
    private const int Alignment = 8;
    private static readonly long[] FileFields = [0, 8, 16, 24, 32, 40, 60];
    private static readonly long[] RecordFields = [0, 4, 8, 12, 16, 24, 32, 40, RecordHeaderBytes];

    private LogMap(IReadOnlyList<LogMapRecord> records) => Records = records;

    /// <summary>Operations and marks, in order.</summary>
    public IReadOnlyList<LogMapRecord> Records { get; }

    /// <summary>Behind the last record; what follows is room that was made ahead.</summary>
    public long End => Records.Count == 0 ? FileHeaderBytes : Records[^1].End;

    /// <summary>Offsets at which something begins: fields of the header, of each record's header, and its operation.</summary>
    public IEnumerable<long> Places
        => FileFields
            .Concat(Records.SelectMany(record => RecordFields.Select(place => record.Start + place)))
            .Where(offset => offset < End);

    /// <summary>Reads a sound file.</summary>
    public static LogMap Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        List<LogMapRecord> records = [];
        for (int at = FileHeaderBytes; at + RecordHeaderBytes <= file.Length;)
        {
            ReadOnlySpan<byte> header = file.AsSpan(at, RecordHeaderBytes);
            if (!header.ContainsAnyExcept((byte)0))
                break;
            int operation = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
            int bytes = (RecordHeaderBytes + operation + Alignment - 1) & -Alignment;
            records.Add(new LogMapRecord(at, at + bytes, (long)BinaryPrimitives.ReadUInt64LittleEndian(header[16..]), operation == 0));
            at += bytes;
        }

        return new LogMap(records);
    }
}
