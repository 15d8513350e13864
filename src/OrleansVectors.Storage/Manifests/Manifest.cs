using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Manifests;

/// <summary>
/// What makes up a partition at one place of its log: with it and the operations after <see cref="Cut"/> the partition
/// can be brought back.
/// </summary>
public sealed record Manifest
{
    /// <summary>Counts the manifests of a partition from 1. Given by <see cref="ManifestStore.Write"/>.</summary>
    public ulong Number { get; init; }

    /// <summary>The opening of the log that wrote it.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Recovery replays the log after this operation.</summary>
    public required LogSequence Cut { get; init; }

    /// <summary>
    /// When the operation at <see cref="Cut"/> was accepted, so that what a moment wants can be found; none before times were
    /// logged.
    /// </summary>
    public LogTime CutTime { get; init; }

    /// <summary>When the state was taken: at or after <see cref="CutTime"/>, and under the schema of that moment. None before times were logged.</summary>
    public LogTime Taken { get; init; }

    /// <summary>Small pieces of state by name; what is in them is their writer's affair.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States { get; init; }
        = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Memory ranges by name.</summary>
    public IReadOnlyDictionary<string, ManifestRegion> Regions { get; init; } = new Dictionary<string, ManifestRegion>();

    /// <summary>Sizes in bytes of the segment files the regions refer to. Given by <see cref="ManifestStore.Write"/>.</summary>
    public IReadOnlyDictionary<SegmentId, long> SegmentBytes { get; init; } = new Dictionary<SegmentId, long>();

    /// <summary>The bytes of its file; see <see cref="ManifestFormat"/>.</summary>
    public byte[] ToBytes() => ManifestFormat.Encode(this);

    /// <summary>Reads the bytes of a manifest's file from wherever they were kept.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="place">Where they are from, for messages.</param>
    /// <exception cref="ManifestDamagedException">They are not what was written.</exception>
    public static Manifest FromBytes(byte[] bytes, string place) => ManifestFormat.Decode(bytes, place, number: null);

    /// <summary>The segments the regions refer to, by number.</summary>
    internal SortedSet<SegmentId> ReferencedSegments()
        => [.. Regions.Values.SelectMany(region => region.Chunks).Select(chunk => chunk.Segment)];
}
