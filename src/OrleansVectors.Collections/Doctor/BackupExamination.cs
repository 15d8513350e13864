namespace OrleansVectors.Collections.Doctor;

/// <summary>A backup of a store.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">It holds what was accepted up to here.</param>
/// <param name="Collections">The collections it holds.</param>
/// <param name="Blobs">Blobs it consists of, those it shares with other backups included.</param>
/// <param name="Bytes">Their bytes, of those that are there.</param>
/// <param name="DamagedBlobs">How many of them are missing or not what was written.</param>
public sealed record BackupExamination(
    string Id, DateTimeOffset Time, IReadOnlyList<string> Collections, int Blobs, long Bytes, int DamagedBlobs);
