using System.IO.MemoryMappedFiles;
using System.Text;

namespace OrleansVectors.Faults.Interception;

/// <summary>The page that tells the shim what to do, shared with the server while it runs. The layout is that of <c>struct page</c> in <c>faults.c</c>.</summary>
internal sealed class ControlPage : IDisposable
{
    /// <summary>As the last failing call: until it is switched off.</summary>
    public const long UntilSwitchedOff = long.MaxValue;

    private const int Bytes = 4096;
    private const int CallsOffset = 0;
    private const int FailFromOffset = 8;
    private const int FailToOffset = 16;
    private const int FailedOffset = 24;
    private const int ErrorOffset = 32;
    private const int ShortWritesOffset = 40;
    private const int DelayOffset = 48;
    private const int ClockOffset = 56;
    private const int FirstFailedOffset = 64;
    private const int FirstFailedBytes = 128;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public ControlPage(string path)
    {
        Path = path;
        File.WriteAllBytes(path, new byte[Bytes]);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        _view = _file.CreateViewAccessor(0, Bytes);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Calls that would change files, since the last <see cref="Fail"/>.</summary>
    public long Calls => _view.ReadInt64(CallsOffset);

    /// <summary>Calls that were made to fail since then.</summary>
    public long Failed => _view.ReadInt64(FailedOffset);

    /// <summary>The first of them: the call and the file below the data folder.</summary>
    public string FirstFailed
    {
        get
        {
            byte[] bytes = new byte[FirstFailedBytes];
            _view.ReadArray(FirstFailedOffset, bytes, 0, bytes.Length);
            return Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Max(0, bytes.AsSpan().IndexOf((byte)0))));
        }
    }

    /// <summary>Counts from 1 again and lets calls fail.</summary>
    /// <param name="from">The first failing call; 0 for none.</param>
    /// <param name="to">The last.</param>
    /// <param name="error">The errno.</param>
    /// <param name="shortWrite">Whether the first, if it writes, does half and the next one fails.</param>
    public void Fail(long from, long to, int error, bool shortWrite)
    {
        _view.Write(FailFromOffset, 0L);
        _view.Write(CallsOffset, 0L);
        _view.Write(FailedOffset, 0L);
        _view.WriteArray(FirstFailedOffset, new byte[FirstFailedBytes], 0, FirstFailedBytes);
        _view.Write(ErrorOffset, (long)error);
        _view.Write(ShortWritesOffset, shortWrite ? 1L : 0L);
        _view.Write(FailToOffset, to);
        _view.Write(FailFromOffset, from);
    }

    /// <summary>No call fails or is slow any more; what was counted stays.</summary>
    public void SwitchOff()
    {
        _view.Write(FailFromOffset, 0L);
        _view.Write(DelayOffset, 0L);
    }

    /// <summary>Lets every call take so much longer.</summary>
    public void Delay(TimeSpan time) => _view.Write(DelayOffset, (long)time.TotalMicroseconds);

    /// <summary>Puts the wall clock wrong by so much.</summary>
    public void MoveClock(TimeSpan offset) => _view.Write(ClockOffset, (long)offset.TotalSeconds);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
