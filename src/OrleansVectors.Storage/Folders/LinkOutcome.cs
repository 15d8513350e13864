namespace OrleansVectors.Storage.Folders;

/// <summary>What became of giving a file a second name.</summary>
internal enum LinkOutcome
{
    /// <summary>It has both names now.</summary>
    Linked,

    /// <summary>Something else has that name; nothing was changed.</summary>
    NameTaken,

    /// <summary>The system or the file system has no second names.</summary>
    Unsupported,
}
