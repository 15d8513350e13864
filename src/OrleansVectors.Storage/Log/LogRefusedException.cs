namespace OrleansVectors.Storage.Log;

/// <summary>A group was not taken. Nothing of it is in the log, which stays usable: the next append may succeed.</summary>
public class LogRefusedException(string message, Exception? cause = null) : IOException(message, cause);
