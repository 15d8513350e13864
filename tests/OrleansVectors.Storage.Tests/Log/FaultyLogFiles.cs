using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

/// <summary>Files on a disk that can be told to be full, to fail writes or to fail flushes. Reads always work.</summary>
internal sealed class FaultyLogFiles : ILogFiles
{
    public const int NoSpace = 28;
    public const int InputOutputError = 5;

    /// <summary>How many more bytes the disk takes; a write that does not fit is cut short, then fails.</summary>
    public long RoomBytes { get; set; } = long.MaxValue;

    /// <summary>What a write that does not fit fails with.</summary>
    public int WriteError { get; set; } = NoSpace;

    public bool FailFlushes { get; set; }

    public bool FailCuts { get; set; }

    public int Flushes { get; private set; }

    public ILogFile Create(string path) => new FaultyFile(this, DiskLogFiles.Instance.Create(path));

    public ILogFile Open(string path) => new FaultyFile(this, DiskLogFiles.Instance.Open(path));

    public ILogFile OpenRead(string path) => DiskLogFiles.Instance.OpenRead(path);

    private sealed class FaultyFile(FaultyLogFiles disk, ILogFile file) : ILogFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            int fits = (int)Math.Min(bytes.Length, disk.RoomBytes);
            file.Write(bytes[..fits], offset);
            disk.RoomBytes -= disk.RoomBytes == long.MaxValue ? 0 : fits;
            if (fits < bytes.Length)
            {
                throw new IOException("The disk refused a write.", disk.WriteError);
            }
        }

        public void SetLength(long length)
        {
            if (disk.FailCuts)
            {
                throw new IOException("The disk refused a cut.", InputOutputError);
            }

            file.SetLength(length);
        }

        public bool TryPreallocate(long length) => disk.RoomBytes == long.MaxValue && file.TryPreallocate(length);

        public void Flush()
        {
            disk.Flushes++;
            if (disk.FailFlushes)
            {
                throw new IOException("The disk refused a flush.", InputOutputError);
            }

            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
