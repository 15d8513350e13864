using System.Buffers.Binary;
using OrleansVectors.Storage.Checksums;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Manifests;

/// <summary>
/// Layout of a manifest file, version 2. All numbers are little-endian.
/// <code>
/// file    :=  8  magic "OVECTMAN"
///             4  version
///             4  zero
///             8  number of the manifest
///             8  epoch
///             8  cut: the last operation of the log that is contained
///             8  time of that operation, see <see cref="LogTime"/>
///             8  time at which the state was taken (neither time is in version 1, which is read and never written)
///             4  count, then for each segment file by number:  8 id, 8 size
///             4  count, then for each state by name:  name, 4 length, bytes
///             4  count, then for each region by name: name, 8 used bytes, 4 bytes of a chunk,
///                    4 count, then for each chunk: 8 segment id, 8 offset, 4 length, 4 CRC32C
///             4  CRC32C of everything before
/// name    :=  UTF-8 after its length in one byte (two from 128 on, seven bits each, lower first)
/// </code>
/// </summary>
internal static class ManifestFormat
{
    public const int Version = 2;
    private const int CrcBytes = 4;

    private static ReadOnlySpan<byte> Magic => "OVECTMAN"u8;

    public static byte[] Encode(Manifest manifest)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(0);
        writer.Write(manifest.Number);
        writer.Write(manifest.Epoch.Value);
        writer.Write(manifest.Cut.Value);
        writer.Write(manifest.CutTime.Microseconds);
        writer.Write(manifest.Taken.Microseconds);
        WriteSegments(writer, manifest);
        WriteStates(writer, manifest);
        WriteRegions(writer, manifest);
        writer.Flush();
        writer.Write(Crc32C.Compute(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads a manifest, which must have the given number; null takes any.</summary>
    /// <exception cref="ManifestDamagedException">These are not the bytes that were written.</exception>
    public static Manifest Decode(byte[] file, string path, ulong? number)
    {
        int bodyBytes = Math.Max(0, file.Length - CrcBytes);
        uint computed = Crc32C.Compute(file.AsSpan(0, bodyBytes));
        uint stored = file.Length < CrcBytes ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(bodyBytes));
        if (stored != computed || !file.AsSpan(0, bodyBytes).StartsWith(Magic))
        {
            throw new ManifestDamagedException(path, 0, $"crc32c {computed:x8} at the end", $"crc32c {stored:x8}");
        }

        using BinaryReader reader = new(new MemoryStream(file, Magic.Length, bodyBytes - Magic.Length));
        try
        {
            return Read(reader, path, number);
        }
        catch (Exception error) when (error is EndOfStreamException or FormatException or ArgumentException)
        {
            // The checksum is right, so these bytes were written like this, but not by this version's writer.
            throw new ManifestDamagedException(path, 0, $"the fields of version {Version}", error.Message);
        }
    }

    private static Manifest Read(BinaryReader reader, string path, ulong? number)
    {
        int version = reader.ReadInt32();
        reader.ReadInt32();
        ulong actualNumber = reader.ReadUInt64();
        if (version is < 1 or > Version || actualNumber != (number ?? actualNumber))
        {
            throw new ManifestDamagedException(
                path, 8, $"version 1 to {Version} of manifest {number}", $"version {version} of manifest {actualNumber}");
        }

        return new Manifest
        {
            Number = actualNumber,
            Epoch = new Epoch(reader.ReadUInt64()),
            Cut = new LogSequence(reader.ReadUInt64()),
            CutTime = new LogTime(version == 1 ? 0 : reader.ReadInt64()),
            Taken = new LogTime(version == 1 ? 0 : reader.ReadInt64()),
            SegmentBytes = ReadSegments(reader),
            States = ReadStates(reader),
            Regions = ReadRegions(reader),
        };
    }

    private static void WriteSegments(BinaryWriter writer, Manifest manifest)
    {
        writer.Write(manifest.SegmentBytes.Count);
        foreach ((SegmentId id, long bytes) in manifest.SegmentBytes.OrderBy(segment => segment.Key))
        {
            writer.Write(id.Value);
            writer.Write(bytes);
        }
    }

    private static Dictionary<SegmentId, long> ReadSegments(BinaryReader reader)
    {
        Dictionary<SegmentId, long> segments = [];
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            segments.Add(new SegmentId(reader.ReadUInt64()), reader.ReadInt64());
        }

        return segments;
    }

    private static void WriteStates(BinaryWriter writer, Manifest manifest)
    {
        writer.Write(manifest.States.Count);
        foreach ((string name, ReadOnlyMemory<byte> bytes) in manifest.States.OrderBy(state => state.Key, StringComparer.Ordinal))
        {
            writer.Write(name);
            writer.Write(bytes.Length);
            writer.Write(bytes.Span);
        }
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadStates(BinaryReader reader)
    {
        Dictionary<string, ReadOnlyMemory<byte>> states = new(StringComparer.Ordinal);
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            string name = reader.ReadString();
            int length = reader.ReadInt32();
            byte[] bytes = reader.ReadBytes(length);
            states.Add(name, bytes.Length == length ? bytes : throw new EndOfStreamException($"State '{name}' is cut short."));
        }

        return states;
    }

    private static void WriteRegions(BinaryWriter writer, Manifest manifest)
    {
        writer.Write(manifest.Regions.Count);
        foreach ((string name, ManifestRegion region) in manifest.Regions.OrderBy(region => region.Key, StringComparer.Ordinal))
        {
            writer.Write(name);
            writer.Write(region.UsedBytes);
            writer.Write(region.ChunkBytes);
            writer.Write(region.Chunks.Count);
            foreach (ChunkRef chunk in region.Chunks)
            {
                writer.Write(chunk.Segment.Value);
                writer.Write(chunk.Offset);
                writer.Write(chunk.Length);
                writer.Write(chunk.Crc32C);
            }
        }
    }

    private static Dictionary<string, ManifestRegion> ReadRegions(BinaryReader reader)
    {
        Dictionary<string, ManifestRegion> regions = new(StringComparer.Ordinal);
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            string name = reader.ReadString();
            long usedBytes = reader.ReadInt64();
            int chunkBytes = reader.ReadInt32();
            ChunkRef[] chunks = new ChunkRef[reader.ReadInt32()];
            for (int i = 0; i < chunks.Length; i++)
            {
                SegmentId segment = new(reader.ReadUInt64());
                chunks[i] = new ChunkRef(segment, reader.ReadInt64(), reader.ReadInt32(), reader.ReadUInt32());
            }

            regions.Add(name, new ManifestRegion(usedBytes, chunkBytes, chunks));
        }

        return regions;
    }
}
