using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Tests.Doctor;

/// <summary>Logs that begin a new file every few kilobytes.</summary>
internal sealed class SmallLogFiles : ILogStore
{
    private const long FileBytes = 4096;

    public IOperationLog Open(string name, string folder, LogOptions options)
        => LocalLog.Open(LocalLogs.FolderOf(folder), new LocalLogOptions(options) { FileBytesMax = FileBytes });

    public void Delete(string name)
    {
    }
}
