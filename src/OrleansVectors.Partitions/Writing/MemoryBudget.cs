using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Errors;

namespace OrleansVectors.Partitions.Writing;

/// <summary>
/// Admits writes by what the process holds in memory: past nine tenths of the limit they wait a little, the longer the
/// nearer the limit, so that indexing and checkpoints can catch up; past the limit they are refused.
/// </summary>
/// <remarks>
/// What counts is what the system would have to take from others: anonymous pages, the collector's heap among them, but
/// not pages of files that can be read again: those are let go of near the limit. Before anything is refused the collector is asked to give back what it
/// merely keeps, now and then.
/// </remarks>
internal sealed class MemoryBudget(long bytesMax)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CollectionInterval = TimeSpan.FromSeconds(10);
    private static readonly Lock Collecting = new();
    private static long _collectedAt = long.MinValue / 2;

    /// <summary>Past this writes slow down.</summary>
    private readonly long _softBytes = bytesMax / 10 * 9;

    /// <summary>Whether there is a limit and the process is past it, so that what can wait should.</summary>
    public bool IsExceeded => bytesMax > 0 && ProcessMemory.UsedBytes() > bytesMax;

    /// <summary>Whether pages of files that the process maps fill what the limit leaves, so that some should go.</summary>
    public bool IsFullOfFilePages => bytesMax > 0 && ProcessMemory.ResidentBytes() > _softBytes;

    /// <summary>Waits as long as a write has to, or refuses it.</summary>
    /// <exception cref="MemoryBudgetException">The process holds as much as it may.</exception>
    public async ValueTask AdmitAsync(long writeBytes)
    {
        if (bytesMax <= 0 || ProcessMemory.UsedBytes() + writeBytes <= _softBytes)
        {
            return;
        }

        if (ProcessMemory.UsedBytes() + writeBytes > bytesMax)
        {
            Collect();
            long used = ProcessMemory.UsedBytes();
            if (used + writeBytes > bytesMax)
            {
                throw new MemoryBudgetException(used, bytesMax);
            }
        }

        double share = (double)(ProcessMemory.UsedBytes() + writeBytes - _softBytes) / (bytesMax - _softBytes);
        await Task.Delay(LongestWait * Math.Clamp(share, 0.01, 1)).ConfigureAwait(false);
    }

    private static void Collect()
    {
        lock (Collecting)
        {
            if (Environment.TickCount64 - _collectedAt > CollectionInterval.TotalMilliseconds)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                _collectedAt = Environment.TickCount64;
                ProcessMemory.Measure();
            }
        }
    }
}
