namespace OrleansVectors.Storage.Log;

/// <summary>A file of a log: its place in the order, and what is known of its inside.</summary>
internal sealed record LogFileEntry(string Path, LogSequence First)
{
    /// <summary>When the file was created, so no older file holds anything younger; none where that was not looked at.</summary>
    public LogTime Created { get; set; }

    /// <summary>Filled for files that this opening scanned or wrote.</summary>
    public SequenceOffsets Offsets { get; } = new();

    /// <summary>Byte offset behind the last record: of the newest file what readers may see, of others the size.</summary>
    public long End { get; set; }
}
