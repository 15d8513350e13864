namespace OrleansVectors.Collections.Backups;

/// <summary>How a backup that was taken by itself went.</summary>
/// <param name="Succeeded">When one last succeeded; null when none has yet.</param>
/// <param name="Failure">Why the last one failed; null when it did not.</param>
public sealed record BackupOutcome(DateTimeOffset? Succeeded, string? Failure);
