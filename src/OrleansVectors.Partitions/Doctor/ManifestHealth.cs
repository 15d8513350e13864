using OrleansVectors.Partitions.Recovery;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Partitions.Doctor;

/// <summary>What is wrong with the files that a readable manifest refers to.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Path">Its file.</param>
/// <param name="HasFiles">Whether all segments are there with their sizes: without that an opening takes an older manifest.</param>
/// <param name="Damages">Damaged chunks, with their regions.</param>
internal sealed record ManifestHealth(
    Manifest Manifest, string Path, bool HasFiles, IReadOnlyList<RegionDamage> Damages)
{
    /// <summary>Whether no region is damaged but those of indexes, and of vector names that the schema has no more.</summary>
    public bool IsDataSound(PartitionSchema? schema) => Damages.All(damage => StateLayout.IsOfIndex(damage.Region) || !IsWanted(damage.Region, schema));

    /// <summary>Whether an opening under a schema looks at a region; without one, it might.</summary>
    public static bool IsWanted(string region, PartitionSchema? schema)
        => schema is null || StateLayout.FieldOf(region) is not { } number || schema.Vectors.Any(vector => vector.Number == number);

    /// <param name="inspection">A manifest that could be read.</param>
    /// <param name="segments">What is known of all segments that manifests refer to.</param>
    public static ManifestHealth Of(ManifestInspection inspection, IReadOnlyDictionary<SegmentId, SegmentInspection> segments)
    {
        Manifest manifest = inspection.Manifest!;
        List<RegionDamage> damages = [];
        foreach ((string name, ManifestRegion region) in manifest.Regions.OrderBy(region => region.Key, StringComparer.Ordinal))
        {
            damages.AddRange(region.Chunks.Select(chunk => DamageOf(name, chunk, manifest, segments[chunk.Segment])).OfType<RegionDamage>());
        }

        return new ManifestHealth(
            manifest, inspection.Path, manifest.SegmentBytes.All(segment => segments[segment.Key].Bytes == segment.Value), damages);
    }

    private static RegionDamage? DamageOf(string region, in ChunkRef chunk, Manifest manifest, SegmentInspection segment)
    {
        if (segment.DamageOf(chunk) is { } damage)
        {
            return new RegionDamage(region, damage, IsWholeFile: segment.Unreadable is not null);
        }

        long bytes = manifest.SegmentBytes.GetValueOrDefault(chunk.Segment);
        return segment.Bytes == bytes ? null
            : new RegionDamage(region, new SegmentDamagedException(segment.Path, segment.Bytes ?? 0, $"{bytes} bytes", $"{segment.Bytes} bytes"), IsWholeFile: true);
    }
}
