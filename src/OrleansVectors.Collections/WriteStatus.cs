namespace OrleansVectors.Collections;

/// <summary>How far a write got when it was answered.</summary>
public enum WriteStatus : byte
{
    /// <summary>Durable in the log; searches will see it shortly.</summary>
    Acknowledged,

    /// <summary>Durable, and every read and search from here on sees it.</summary>
    Completed,
}
