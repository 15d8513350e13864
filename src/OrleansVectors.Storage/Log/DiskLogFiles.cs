namespace OrleansVectors.Storage.Log;

/// <summary>Log files on a disk.</summary>
public sealed class DiskLogFiles : ILogFiles
{
    /// <summary>The one instance; it has no state.</summary>
    public static DiskLogFiles Instance { get; } = new();

    /// <inheritdoc/>
    public ILogFile Create(string path) => new DiskLogFile(path, FileMode.Create, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public ILogFile Open(string path) => new DiskLogFile(path, FileMode.Open, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public ILogFile OpenRead(string path) => new DiskLogFile(path, FileMode.Open, FileAccess.Read);
}
