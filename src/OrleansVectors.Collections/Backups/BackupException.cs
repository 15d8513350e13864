using OrleansVectors.Collections.Errors;

namespace OrleansVectors.Collections.Backups;

/// <summary>A backup cannot be taken, found, read or restored; the message says which and why. What is there stays as it is.</summary>
public sealed class BackupException(string message, Exception? inner = null) : OrleansVectorsException(message, inner);
