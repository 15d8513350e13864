namespace OrleansVectors.Collections.Errors;

/// <summary>There is no room for the write: a partition's limit, the process's memory or the disk. Deleting helps; reads go on.</summary>
public sealed class OutOfRoomException(string message, Exception? inner = null) : OrleansVectorsException(message, inner);
