namespace OrleansVectors.Storage.Log;

/// <summary>Each partition's log in its own folder.</summary>
/// <param name="files">Where files come from.</param>
public sealed class LocalLogs(ILogFiles files) : ILogStore
{
    /// <summary>On the machine's disks.</summary>
    public static LocalLogs Instance { get; } = new(DiskLogFiles.Instance);

    /// <inheritdoc/>
    public IOperationLog Open(string name, string folder, LogOptions options)
        => LocalLog.Open(FolderOf(folder), new LocalLogOptions(options) { Files = files });

    /// <summary>Does nothing: the log goes with the folder.</summary>
    public void Delete(string name)
    {
    }

    /// <summary>Whether a partition has no log file.</summary>
    public static bool IsEmpty(string partitionFolder)
        => !Directory.Exists(FolderOf(partitionFolder)) || !Directory.EnumerateFiles(FolderOf(partitionFolder), "*" + LogFormat.Extension).Any();

    /// <summary>The folder of a partition's log.</summary>
    public static string FolderOf(string partitionFolder) => Path.Combine(partitionFolder, "log");
}
