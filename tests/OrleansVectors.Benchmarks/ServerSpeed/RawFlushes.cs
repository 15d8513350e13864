using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>What the disk can do: one thread that appends as many bytes as a write of a point logs, and flushes, again and again.</summary>
internal static class RawFlushes
{
    private const int FileBytes = 64 << 20;

    /// <summary>Appends and flushes for some time, in a file that has its blocks already, as a log does.</summary>
    /// <param name="folder">Where the file is; it is deleted again.</param>
    /// <param name="bytes">Bytes of each append.</param>
    /// <param name="seconds">For how long.</param>
    public static LoadTimes For(string folder, int bytes, double seconds)
    {
        var path = Path.Combine(folder, "raw-flushes");
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
            var zeros = new byte[1 << 20];
            for (var at = 0; at < FileBytes; at += zeros.Length)
            {
                RandomAccess.Write(file, zeros, at);
            }

            RandomAccess.FlushToDisk(file);
            var data = new byte[bytes];
            new Random(1).NextBytes(data);
            var times = new List<double>();
            var start = Stopwatch.GetTimestamp();
            for (long at = 0; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; at = (at + bytes) % (FileBytes - bytes))
            {
                var begun = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, data, at);
                RandomAccess.FlushToDisk(file);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            }

            double[] all = [.. times.Order()];
            return new LoadTimes(Stopwatch.GetElapsedTime(start).TotalSeconds, all);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
