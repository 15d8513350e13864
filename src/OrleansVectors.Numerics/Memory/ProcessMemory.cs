using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OrleansVectors.Numerics.Memory;

/// <summary>What this process holds of the machine's memory, and how much there is.</summary>
public static class ProcessMemory
{
    /// <summary>A measurement is used for so long.</summary>
    private const long FreshMs = 5;

    private static readonly SafeFileHandle? Statistics = OpenStatistics();
    private static long measured;
    private static long measuredResident;
    private static long measuredAtMs = long.MinValue / 2;

    /// <summary>Bytes of memory that a process in this container, or on this machine, may have at most.</summary>
    public static long TotalBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>
    /// Bytes that only this process has: resident pages that belong to no file, or were written to since. On systems that
    /// do not tell: what regions and buffers have committed, and the collector's heap. At most 5 ms old.
    /// </summary>
    public static long UsedBytes()
    {
        return Environment.TickCount64 - Volatile.Read(ref measuredAtMs) > FreshMs ? Measure() : Volatile.Read(ref measured);
    }

    /// <summary>Bytes of pages in memory that the process maps, those of files among them; 0 on systems that do not tell. At most 5 ms old.</summary>
    public static long ResidentBytes()
    {
        UsedBytes();
        return Volatile.Read(ref measuredResident);
    }

    /// <summary>Measures now.</summary>
    public static long Measure()
    {
        var bytes = Statistics is { } file
            ? ReadAnonymous(file)
            : NativeMemoryUse.RegionBytes + NativeMemoryUse.BufferBytes + GC.GetTotalMemory(false);
        Volatile.Write(ref measured, bytes);
        Volatile.Write(ref measuredAtMs, Environment.TickCount64);
        return bytes;
    }

    private static SafeFileHandle? OpenStatistics()
    {
        const string Path = "/proc/self/statm";
        return OperatingSystem.IsLinux() && File.Exists(Path) ? File.OpenHandle(Path) : null;
    }

    /// <summary>The second number is resident pages, the third those of them that belong to files or are shared.</summary>
    private static long ReadAnonymous(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[256];
        var text = Encoding.ASCII.GetString(bytes[..RandomAccess.Read(file, bytes, 0)]).Split(' ');
        var resident = long.Parse(text[1], CultureInfo.InvariantCulture);
        var shared = long.Parse(text[2], CultureInfo.InvariantCulture);
        Volatile.Write(ref measuredResident, resident * Environment.SystemPageSize);
        return (resident - shared) * Environment.SystemPageSize;
    }
}
