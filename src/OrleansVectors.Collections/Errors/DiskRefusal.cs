using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Collections.Errors;

/// <summary>What callers hear when the disk does not take a change of what there is: of collections, schemas, aliases.</summary>
internal static class DiskRefusal
{
    public static OrleansVectorsException Of(Exception failure)
        => DiskFailure.IsFull(failure)
            ? new OutOfRoomException($"the disk is full: {failure.Message}", failure)
            : new PartitionUnavailableException($"the disk does not take it: {failure.Message}", failure);
}
