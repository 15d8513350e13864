using System.Diagnostics;
using System.Globalization;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

public sealed class BlobKillTests(S3Server server) : IClassFixture<S3Server>
{
    /// <summary>What the child puts again and again, each time all of one byte: in S3 more than one part.</summary>
    public const int BlobBytes = (2 * S3BlobOptions.PartBytesMin) + 1;

    [Fact]
    public async Task A_killed_put_leaves_no_partial_blob_in_a_folder()
    {
        using TempFolder folder = new();
        await KillWhilePuttingAsync(folder.Path, rounds: 5, static location => new FolderBlobStore(location));
    }

    [Fact]
    public async Task A_killed_put_leaves_no_partial_blob_in_S3()
    {
        S3BlobOptions options = server.NewOptions();
        string location = $"{options}?endpoint={options.Endpoint}";
        await KillWhilePuttingAsync(location, rounds: 2, _ => new S3BlobStore(options));
    }

    /// <summary>The child's job; it tells of every blob that is put.</summary>
    internal static void PutUntilKilled(string location, Action<string> say)
    {
        using IBlobStore store = BlobStores.Open(location, static options => options with { PartBytes = S3BlobOptions.PartBytesMin });
        using TempFolder folder = new();
        for (int version = 1; ; version = (version % 100) + 1)
        {
            File.WriteAllBytes(folder["source"], Enumerable.Repeat((byte)version, BlobBytes).ToArray());
            say(version.ToString(CultureInfo.InvariantCulture));
            store.PutFileAsync("blob", folder["source"]).GetAwaiter().GetResult();
            say("put");
        }
    }

    private static async Task KillWhilePuttingAsync(string location, int rounds, Func<string, IBlobStore> open)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int round = 0; round < rounds; round++)
        {
            await PutAndKillAsync(location, putsMin: random.Next(1, 3), delayMs: random.Next(1, 80));
            using IBlobStore store = open(location);
            byte[] blob = await store.ReadAsync("blob", BlobBytes);
            Assert.True(blob.Length == BlobBytes && blob.AsSpan().IndexOfAnyExcept(blob[0]) < 0, $"seed {seed}, round {round}");
            Assert.Equal(["blob"], await store.KeysAsync());
        }
    }

    private static async Task PutAndKillAsync(string location, int putsMin, int delayMs)
    {
        // The child's own temporary files go with this folder, because it has no time to delete them.
        using TempFolder temporary = new();
        using Process child = ChildProcess.Start(ChildProcess.PutForever, location, new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = S3Server.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = S3Server.SecretAccessKey,
            ["TMPDIR"] = temporary.Path,
        });
        for (int puts = 0; puts < putsMin;)
        {
            string? line = await child.StandardOutput.ReadLineAsync();
            Assert.NotNull(line);
            puts += line == "put" ? 1 : 0;
        }

        await child.StandardOutput.ReadLineAsync();
        await Task.Delay(delayMs);
        child.Kill();
        await child.WaitForExitAsync();
    }
}
