namespace OrleansVectors.Storage.Log;

/// <summary>What a <see cref="LogCursor"/> found.</summary>
internal enum LogStep
{
    Operation,
    Mark,
    End,
    Bad,
}
