using OrleansVectors.Storage.Log;

namespace OrleansVectors.Partitions.Tests.Recovery;

/// <summary>Log files on a disk that can be told to fail with an error number of the system. Reads always work.</summary>
internal sealed class FailingLogFiles : ILogFiles
{
    public const int InputOutputError = 5;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;

    /// <summary>What writes and cuts fail with; 0 lets them pass.</summary>
    public volatile int WriteError;

    /// <summary>What flushes fail with; 0 lets them pass.</summary>
    public volatile int FlushError;

    public ILogFile Create(string path) => new FailingFile(this, DiskLogFiles.Instance.Create(path));

    public ILogFile Open(string path) => new FailingFile(this, DiskLogFiles.Instance.Open(path));

    public ILogFile OpenRead(string path) => DiskLogFiles.Instance.OpenRead(path);

    private sealed class FailingFile(FailingLogFiles disk, ILogFile file) : ILogFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            FailIf(disk.WriteError);
            file.Write(bytes, offset);
        }

        public void SetLength(long length)
        {
            FailIf(disk.WriteError == NoSpace ? 0 : disk.WriteError);
            file.SetLength(length);
        }

        public bool TryPreallocate(long length) => disk.WriteError == 0 && file.TryPreallocate(length);

        public void Flush()
        {
            FailIf(disk.FlushError);
            file.Flush();
        }

        public void Dispose() => file.Dispose();

        private static void FailIf(int error)
        {
            if (error != 0)
            {
                throw new IOException($"The disk failed with error {error}.", error);
            }
        }
    }
}
