using OrleansVectors.Partitions.Doctor;

namespace OrleansVectors.Collections.Doctor;

/// <summary>A collection of a data folder.</summary>
/// <param name="Name">Its name; where its document cannot be read, what a server would list it as.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="PayloadIndexes">Payload indexes that an opening would build: checkpoints hold none.</param>
/// <param name="Partitions">Its partitions, by number.</param>
public sealed record CollectionExamination(
    string Name, string Folder, IReadOnlyList<string> PayloadIndexes, IReadOnlyList<PartitionExamination> Partitions);
