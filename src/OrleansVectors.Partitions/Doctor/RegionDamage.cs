using OrleansVectors.Storage;

namespace OrleansVectors.Partitions.Doctor;

/// <summary>Damage to a region of a checkpoint.</summary>
/// <param name="Region">The region.</param>
/// <param name="Damage">Where, and what.</param>
/// <param name="IsWholeFile">Whether nothing can be read from the file, and not one chunk alone.</param>
internal sealed record RegionDamage(string Region, StorageDamagedException Damage, bool IsWholeFile);
