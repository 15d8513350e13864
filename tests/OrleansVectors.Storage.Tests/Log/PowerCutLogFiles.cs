using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

/// <summary>
/// Files on a disk that loses what was not flushed: after <see cref="CutPower"/> each 512-byte sector written since the
/// last flush is the old or the new one by chance, and so is the size.
/// </summary>
internal sealed class PowerCutLogFiles : ILogFiles
{
    private readonly List<PowerCutFile> _files = [];

    public bool FailFlushes { get; set; }

    public ILogFile Create(string path) => Add(DiskLogFiles.Instance.Create(path), path);

    public ILogFile Open(string path) => Add(DiskLogFiles.Instance.Open(path), path);

    public ILogFile OpenRead(string path) => DiskLogFiles.Instance.OpenRead(path);

    public void CutPower(Random random) => _files.ForEach(file => file.CutPower(random));

    private PowerCutFile Add(ILogFile file, string path)
    {
        _files.Add(new PowerCutFile(this, file, path.Replace(".tmp", "", StringComparison.Ordinal)));
        return _files[^1];
    }

    private sealed class PowerCutFile(PowerCutLogFiles disk, ILogFile file, string path) : ILogFile
    {
        private const int SectorBytes = 512;
        private byte[] _flushed = [];
        private byte[] _unflushed = [];

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void SetLength(long length) => file.SetLength(length);

        public bool TryPreallocate(long length) => file.TryPreallocate(length);

        public void Flush()
        {
            _unflushed = new byte[file.Length];
            file.Read(_unflushed, 0);
            if (disk.FailFlushes)
            {
                throw new IOException("The power is about to go.", 5);
            }

            _flushed = _unflushed;
            file.Flush();
        }

        public void Dispose() => file.Dispose();

        public void CutPower(Random random)
        {
            int length = random.Next(2) == 0 ? _unflushed.Length : Math.Max(_flushed.Length, random.Next(_unflushed.Length + 1));
            byte[] left = new byte[length];
            for (int at = 0; at < length; at += SectorBytes)
            {
                byte[] source = random.Next(2) == 0 ? _flushed : _unflushed;
                int end = Math.Min(Math.Min(at + SectorBytes, length), source.Length);
                if (at < end)
                {
                    source.AsSpan(at, end - at).CopyTo(left.AsSpan(at));
                }
            }

            File.WriteAllBytes(path, left);
        }
    }
}
