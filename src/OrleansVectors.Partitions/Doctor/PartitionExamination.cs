using OrleansVectors.Storage.Manifests;

namespace OrleansVectors.Partitions.Doctor;

/// <summary>What <see cref="PartitionDoctor"/> found in a partition's folder.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Forecast">What an opening would bring back.</param>
/// <param name="Regions">The regions of the checkpoint that it would take, by name.</param>
/// <param name="Findings">Everything there is to say.</param>
public sealed record PartitionExamination(
    string Folder, RecoveryForecast Forecast, IReadOnlyList<RegionExamination> Regions, IReadOnlyList<DoctorFinding> Findings)
{
    /// <summary>Whether everything that cannot be made again is there, so that a repair may touch the rest.</summary>
    public bool IsDataSound { get; internal init; }

    /// <summary>The numbers of the vector names whose index is damaged.</summary>
    public IReadOnlyList<ushort> DamagedIndexes { get; internal init; } = [];

    /// <summary>Files that nothing refers to.</summary>
    public IReadOnlyList<string> Garbage { get; internal init; } = [];

    /// <summary>The checkpoint that a repair would go on from.</summary>
    internal Manifest? Base { get; init; }
}
