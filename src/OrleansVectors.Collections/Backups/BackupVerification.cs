namespace OrleansVectors.Collections.Backups;

/// <summary>What bringing a collection back from a backup into a scratch folder has shown.</summary>
/// <param name="Collection">Its name.</param>
/// <param name="Failure">What is wrong; null when nothing is.</param>
/// <param name="Points">Points it had.</param>
/// <param name="ExpectedPoints">Points the backup says it has; null when that was not counted.</param>
/// <param name="Bytes">Bytes of checkpoints and log that were read and whose checksums are right.</param>
/// <param name="Searches">Searches that were made, each for the vector of a point, exactly and by the index.</param>
/// <param name="Recall">Which part of what the exact searches found those by the index found too.</param>
public sealed record BackupVerification(
    string Collection, string? Failure, long Points, long? ExpectedPoints, long Bytes, int Searches, double Recall);
