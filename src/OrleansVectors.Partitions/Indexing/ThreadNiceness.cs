using System.Runtime.InteropServices;

namespace OrleansVectors.Partitions.Indexing;

/// <summary>Lets threads that nobody waits for give way to those that answer somebody.</summary>
/// <remarks>The runtime's thread priorities have no effect on Linux, where every thread has a nice value of its own.</remarks>
internal static partial class ThreadNiceness
{
    /// <summary>A third of the processor time of a thread at the default, where both want one core.</summary>
    private const int Background = 5;

    private const int WhichThread = 0;

    /// <summary>Makes the calling thread give way to others. Where the system refuses that, it goes on as it was.</summary>
    public static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(WhichThread, 0, Background);
        }
    }

    /// <summary>On Linux "the process" 0 is the calling thread: man 2 setpriority, "C library/kernel differences".</summary>
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);
}
