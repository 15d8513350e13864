using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Doctor;
using OrleansVectors.Collections.Tests.Backups;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Doctor;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Collections.Tests.Doctor;

public sealed class BackupExaminationTests
{
    private readonly int _seed = Environment.TickCount;

    [Fact]
    public async Task A_sound_store_is_read_whole_while_its_server_runs_and_nothing_in_it_changes()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await FillAsync(folder);
        string store = Store(folder);
        Dictionary<string, byte[]> before = Contents(store);
        DoctorReport report = await ExamineAsync(store);
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
        Assert.Equal((await database.Backups!.ListAsync()).Select(backup => backup.Id), report.Backups.Select(backup => backup.Id));
        Assert.All(report.Backups, backup => Assert.Equal(("c", 0), (Assert.Single(backup.Collections), backup.DamagedBlobs)));
        Assert.All(report.Backups, backup => Assert.True(backup.Blobs > 2 && backup.Bytes > 10_000, $"{backup}"));
        Assert.Equal(before.OrderBy(file => file.Key).Select(file => (file.Key, Convert.ToHexString(file.Value))), Contents(store).OrderBy(file => file.Key).Select(file => (file.Key, Convert.ToHexString(file.Value))));
    }

    [Fact]
    public async Task Any_flipped_cut_or_missing_blob_is_found_with_the_backups_that_need_it()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await FillAsync(folder);
        string store = Store(folder);
        Random random = new(_seed);
        foreach ((string key, byte[] bytes) in Contents(store))
        {
            string path = Path.Combine(store, key);
            for (int i = 0; i < 4; i++)
            {
                int at = random.Next(bytes.Length);
                byte[] flipped = [.. bytes];
                flipped[at] ^= 0x10;
                File.WriteAllBytes(path, flipped);
                Require(await ExamineAsync(store), key, $"flipped at {at} of {bytes.Length}", key.StartsWith("backups/", StringComparison.Ordinal));
            }

            File.WriteAllBytes(path, bytes[..random.Next(bytes.Length)]);
            Require(await ExamineAsync(store), key, "cut", isRecord: false);
            File.Delete(path);
            DoctorReport missing = await ExamineAsync(store);
            if (!key.StartsWith("backups/", StringComparison.Ordinal))
            {
                Require(missing, key, "deleted", isRecord: false);
            }

            File.WriteAllBytes(path, bytes);
        }

        Assert.True((await ExamineAsync(store)).IsSound);
    }

    [Fact]
    public async Task Blobs_of_no_backup_are_told_with_their_age()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await FillAsync(folder);
        string store = Store(folder);
        string orphan = Path.Combine(store, "collections", "x", "partition-0", "log", "stray.log");
        Directory.CreateDirectory(Path.GetDirectoryName(orphan)!);
        File.WriteAllText(orphan, "x");
        File.SetLastWriteTimeUtc(orphan, DateTime.UtcNow.AddHours(-5));
        DoctorReport report = await ExamineAsync(store);
        DoctorFinding finding = Assert.Single(report.Findings);
        Assert.Equal((FindingSeverity.Note, "collections/x/partition-0/log/stray.log", "1 bytes, put 5 hours ago"), (finding.Severity, finding.Place, finding.Found));
        Assert.True(File.Exists(orphan));
    }

    /// <summary>Records are JSON without a checksum: a flipped bit in one may make another number of a number, which shows where it disagrees with blobs.</summary>
    private void Require(DoctorReport report, string key, string what, bool isRecord)
        => Assert.True(
            isRecord || report.Findings.Any(finding => finding.Place == key && finding.Severity >= FindingSeverity.Warning),
            $"seed {_seed}, {key} {what}: {string.Join('\n', report.Findings)}");

    private static async Task<VectorDatabase> FillAsync(TempFolder folder)
    {
        VectorDatabase database = await BackedUpDatabase.OpenAsync(folder, Store(folder), checkpointLogBytes: 20_000);
        await database.CreateCollectionAsync("c", BackedUpDatabase.Schema());
        Dictionary<PointId, ModelPoint> model = [];
        Random random = new(1);
        for (int i = 0; i < 3; i++)
        {
            await database.GetCollection("c").WriteAsync(model, random, 300);
            await database.Backups!.CreateAsync();
        }

        return database;
    }

    private static async Task<DoctorReport> ExamineAsync(string location)
    {
        using IBlobStore store = BlobStores.Open(location);
        return await DatabaseDoctor.ExamineBackupsAsync(store);
    }

    private static string Store(TempFolder folder) => Path.Combine(folder.Path, "store");

    private static Dictionary<string, byte[]> Contents(string store)
        => Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(store, path).Replace('\\', '/'), File.ReadAllBytes);
}
