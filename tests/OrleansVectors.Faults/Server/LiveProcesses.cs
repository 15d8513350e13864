using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansVectors.Faults.Server;

/// <summary>Servers that run: they must not outlive this process when it is told to end.</summary>
internal static class LiveProcesses
{
    private static readonly ConcurrentDictionary<Process, byte> Running = new();

    static LiveProcesses() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    public static void Add(Process process) => Running.TryAdd(process, 0);

    public static void Remove(Process process) => Running.TryRemove(process, out _);

    private static void KillAll()
    {
        foreach (Process process in Running.Keys)
        {
            try
            {
                process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It ended by itself.
            }
        }
    }
}
