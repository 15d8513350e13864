using OrleansVectors.Collections.Doctor;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Doctor;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Manifests;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Collections.Tests.Doctor;

public sealed class RepairTests
{
    [Theory]
    [InlineData("graph-0-", FindingSeverity.Warning, false)]
    [InlineData("graph-0-", FindingSeverity.Warning, true)]
    [InlineData("pending-0", FindingSeverity.Error, true)]
    public async Task A_damaged_index_is_left_out_and_the_next_opening_builds_it_again(string region, FindingSeverity severity, bool isKilled)
    {
        using ExaminedDatabase database = await ExaminedDatabase.CreateAsync(isKilled);
        string path = Flip(database, partition: 0, region);
        Dictionary<string, byte[]> damaged = database.Contents;
        DoctorReport found = await DatabaseDoctor.ExamineAsync(database.Folder);
        Assert.Contains(found.Findings, finding => finding.Severity == severity && finding.Place == path);
        Assert.Equal((severity == FindingSeverity.Error ? 1 : 0, severity == FindingSeverity.Warning ? 1 : 0), (found.Errors, found.Warnings));

        DoctorReport repaired = await DatabaseDoctor.RepairAsync(database.Folder);
        Assert.True(repaired.IsSound, string.Join('\n', repaired.Findings));
        Assert.Single(repaired.Repairs);
        Dictionary<string, byte[]> after = database.Contents;
        Assert.All(after.Keys.Except(damaged.Keys), added => Assert.Contains("manifests", added, StringComparison.Ordinal));
        Assert.All(
            damaged.Where(file => file.Key != FolderLock.FileName && after.ContainsKey(file.Key)),
            file => Assert.Equal(file.Value, after[file.Key]));
        IReadOnlyList<RegionExamination> regions = repaired.Collections[0].Partitions[0].Regions;
        Assert.DoesNotContain(regions, left => left.IsCache);
        Assert.Contains(repaired.Collections[0].Partitions[1].Regions, kept => kept.IsCache);
        await database.RequireAllAsync("repaired");
        Assert.True((await DatabaseDoctor.ExamineAsync(database.Folder)).IsSound);
        Assert.Contains(database.NewestManifest(0).Regions.Keys, built => built.StartsWith("graph-0-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, FindingSeverity.Warning)]
    [InlineData(false, FindingSeverity.Error)]
    public async Task A_segment_of_an_index_alone_that_is_gone_or_is_none_is_left_out(bool isGone, FindingSeverity severity)
    {
        using ExaminedDatabase database = await ExaminedDatabase.CreateAsync(isKilled: true);
        string path = MoveGraph(database, partition: 0);
        Assert.True((await DatabaseDoctor.ExamineAsync(database.Folder)).IsSound);
        if (isGone)
        {
            File.Delete(path);
        }
        else
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[3] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        DoctorReport found = await DatabaseDoctor.ExamineAsync(database.Folder);
        Assert.Equal((severity, path), (found.Findings[0].Severity, found.Findings[0].Place));
        using (ExaminedDatabase opened = database.Clone())
        {
            // With the file gone an opening takes the older checkpoint; with its header wrong it refuses.
            await using VectorDatabase tried = await ExaminedDatabase.OpenAsync(opened.Folder);
            Assert.Equal(isGone ? 0 : 1, tried.Unavailable.Count);
        }

        DoctorReport repaired = await DatabaseDoctor.RepairAsync(database.Folder);
        Assert.True(repaired.IsSound, string.Join('\n', repaired.Findings));
        await database.RequireAllAsync("repaired");
    }

    [Theory]
    [InlineData("vectors-0")]
    [InlineData("payloads")]
    [InlineData("rows")]
    [InlineData("ids")]
    [InlineData("presence-0")]
    public async Task Damaged_data_are_told_and_left_as_they_are_and_so_is_all_else_in_the_partition(string region)
    {
        using ExaminedDatabase database = await ExaminedDatabase.CreateAsync(isKilled: false);
        string path = Flip(database, partition: 0, region);
        Flip(database, partition: 0, "graph-0-");
        File.WriteAllText(Path.Combine(database.Partition(0), "manifests", "manifest-x.tmp"), "x");
        Dictionary<string, byte[]> damaged = database.Contents;
        DoctorReport report = await DatabaseDoctor.RepairAsync(database.Folder);
        Assert.Empty(report.Repairs);
        DoctorFinding finding = Assert.Single(report.Findings, finding => finding.Severity == FindingSeverity.Error);
        Assert.Equal((path, $"region {region} of checkpoint {database.NewestManifest(0).Number}"), (finding.Place, finding.What));
        Assert.False(report.Collections[0].Partitions[0].Forecast.IsPossible);
        Dictionary<string, byte[]> after = database.Contents;
        Assert.Equal(damaged.Keys.Order(), after.Keys.Order());
        Assert.All(damaged.Where(file => file.Key != FolderLock.FileName), file => Assert.Equal(file.Value, after[file.Key]));
    }

    [Fact]
    public async Task With_damaged_data_in_the_newest_checkpoint_the_older_one_is_pointed_at()
    {
        using ExaminedDatabase database = await ExaminedDatabase.CreateAsync(isKilled: false);
        Flip(database, partition: 0, "rows");
        DoctorReport report = await DatabaseDoctor.ExamineAsync(database.Folder);
        string newest = Directory.GetFiles(Path.Combine(database.Partition(0), "manifests")).Max()!;
        DoctorFinding finding = Assert.Single(report.Findings, finding => finding.Severity == FindingSeverity.Error);
        Assert.Contains($"with {newest} moved away", finding.Remedy, StringComparison.Ordinal);
        File.Delete(newest);
        Assert.Equal(0, (await DatabaseDoctor.ExamineAsync(database.Folder)).Errors);
        await database.RequireAllAsync("older checkpoint");
    }

    [Fact]
    public async Task Orphans_and_leftovers_are_told_and_deleted_by_a_repair_alone()
    {
        using ExaminedDatabase database = await ExaminedDatabase.CreateAsync(isKilled: true);
        string partition = database.Partition(0);
        string[] garbage =
        [
            Put(partition, "segments", "00000000000999999999.seg"),
            Put(partition, "manifests", "manifest-00000000000000000009.tmp"),
            Put(partition, "log", "00000000000000999999.log.tmp"),
            Put(partition, "vectors-0.scratch"),
            Put(database.Folder, "control", "collection-x.doc.tmp"),
            Put(database.Folder, "scratch", "0123"),
        ];
        string orphan = Path.Combine(database.Folder, "collections", "abandoned");
        Put(orphan, "partition-0", "log", "nothing");
        string foreign = Put(database.Folder, "notes.txt");

        DoctorReport found = await DatabaseDoctor.ExamineAsync(database.Folder);
        Assert.True(found.IsSound, string.Join('\n', found.Findings));
        Assert.All(garbage.Append(orphan).Append(foreign), path => Assert.Contains(found.Findings, finding => finding.Place == path && finding.Severity == FindingSeverity.Note));
        Assert.All(garbage.Append(foreign), path => Assert.True(File.Exists(path)));

        DoctorReport repaired = await DatabaseDoctor.RepairAsync(database.Folder);
        Assert.Equal(garbage.Length + 1, repaired.Repairs.Count);
        Assert.All(garbage, path => Assert.False(File.Exists(path)));
        Assert.False(Directory.Exists(orphan));
        Assert.True(File.Exists(foreign));
        Assert.Equal([foreign], repaired.Findings.Where(finding => finding.What == "not of this database").Select(finding => finding.Place));
        await database.RequireAllAsync("cleared");
    }

    private static string Put(params string[] parts)
    {
        string path = Path.Combine(parts);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "x");
        return path;
    }

    /// <summary>Writes the newest checkpoint anew, with its graph in a segment of its own, and returns that.</summary>
    private static string MoveGraph(ExaminedDatabase database, int partition)
    {
        SegmentFolder segments = new(PartitionPaths.Segments(database.Partition(partition)));
        Manifest manifest = database.NewestManifest(partition);
        using SegmentWriter writer = segments.Create();
        Dictionary<string, ManifestRegion> regions = manifest.Regions.ToDictionary(
            region => region.Key,
            region => region.Key.StartsWith("graph-0-", StringComparison.Ordinal)
                ? region.Value with { Chunks = [.. region.Value.Chunks.Select(chunk => writer.Append(Read(segments, chunk)))] }
                : region.Value);
        writer.Complete();
        new ManifestStore(PartitionPaths.Manifests(database.Partition(partition)), segments).Write(manifest with { Regions = regions });
        return writer.Path;
    }

    private static byte[] Read(SegmentFolder segments, ChunkRef chunk)
    {
        byte[] bytes = new byte[chunk.Length];
        using SegmentReader reader = segments.Open(chunk.Segment);
        reader.Read(chunk, bytes);
        return bytes;
    }

    /// <summary>Changes a byte of a region of the newest checkpoint that no older one has, and returns the file.</summary>
    private static string Flip(ExaminedDatabase database, int partition, string region)
    {
        ChunkRef chunk = database.NewestManifest(partition).Regions.First(other => other.Key.StartsWith(region, StringComparison.Ordinal) && other.Value.Chunks.Count > 0).Value.Chunks[0];
        string path = SegmentInspection.PathOf(PartitionPaths.Segments(database.Partition(partition)), chunk.Segment);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[chunk.Offset + (chunk.Length / 2)] ^= 0x10;
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
