namespace OrleansVectors.Storage.Folders;

/// <summary>A folder is in use by another process, or a second time by this one.</summary>
public sealed class FolderLockedException(string folder, int? holderProcessId)
    : IOException(holderProcessId is int id
        ? $"The folder '{folder}' is in use by process {id}."
        : $"The folder '{folder}' is in use by another process.")
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>The process that has the lock, if it is known.</summary>
    public int? HolderProcessId { get; } = holderProcessId;
}
