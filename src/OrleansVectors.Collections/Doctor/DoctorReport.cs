using OrleansVectors.Partitions.Doctor;

namespace OrleansVectors.Collections.Doctor;

/// <summary>What an examination of a data folder or of a backup store found.</summary>
/// <param name="Place">The folder or store.</param>
/// <param name="Collections">Of a data folder: its collections, by name.</param>
/// <param name="Backups">Of a backup store: its backups, oldest first.</param>
/// <param name="Findings">Everything there is to say, the gravest first.</param>
/// <param name="Repairs">What a repair did before this was found, a sentence each.</param>
public sealed record DoctorReport(
    string Place,
    IReadOnlyList<CollectionExamination> Collections,
    IReadOnlyList<BackupExamination> Backups,
    IReadOnlyList<DoctorFinding> Findings,
    IReadOnlyList<string> Repairs)
{
    /// <summary>How many findings say that data are lost or unavailable.</summary>
    public int Errors => Findings.Count(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>How many say that something is wrong that costs neither.</summary>
    public int Warnings => Findings.Count(finding => finding.Severity == FindingSeverity.Warning);

    /// <summary>Whether there is nothing but notes.</summary>
    public bool IsSound => Errors == 0 && Warnings == 0;
}
