namespace OrleansVectors.Collections.Local;

/// <summary>A collection is described, and a partition of it has neither checkpoint nor log: somebody took its files away.</summary>
internal sealed class FilesGoneException(string folder)
    : IOException($"the folder '{folder}' has neither a checkpoint nor a log: its files are gone. Put them back, or restore the collection from a backup");
