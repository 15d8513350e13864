namespace OrleansVectors.Partitions.Doctor;

/// <summary>A region of the checkpoint that an opening would take.</summary>
/// <param name="Name">Its name, see <see cref="Recovery.StateLayout"/>.</param>
/// <param name="IsCache">Whether it belongs to an index, which is built again from the vectors when it is left out.</param>
/// <param name="Bytes">Bytes in use.</param>
/// <param name="Chunks">Its chunks.</param>
/// <param name="DamagedChunks">Those of them that are not what was written.</param>
public sealed record RegionExamination(string Name, bool IsCache, long Bytes, int Chunks, int DamagedChunks);
