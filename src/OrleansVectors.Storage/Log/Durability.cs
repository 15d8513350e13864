namespace OrleansVectors.Storage.Log;

/// <summary>What has happened to an operation when its append returns.</summary>
public enum Durability
{
    /// <summary>It is on the disk: it survives a crash of the process, the system and the power.</summary>
    Flush,

    /// <summary>The operating system has it: it survives a crash of the process alone.</summary>
    Os,
}
