using System.Globalization;
using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

/// <summary>Every promise of <see cref="IBlobStore"/>, kept by each store.</summary>
public abstract class BlobStoreTests : IDisposable
{
    private const int Part = S3BlobOptions.PartBytesMin;
    private readonly Lazy<IBlobStore> _store;

    protected BlobStoreTests() => _store = new Lazy<IBlobStore>(Open);

    /// <summary>Whether of several who put a new blob at once no two may succeed.</summary>
    protected abstract bool OnlyOneIsFirst { get; }

    private IBlobStore Store => _store.Value;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Bytes_that_were_put_are_read_back(int count)
    {
        byte[] bytes = BlobTesting.RandomBytes(count);
        await Store.PutAsync("folder/blob", bytes);
        Assert.Equal(bytes, await Store.ReadAsync("folder/blob", count));
        Assert.Equal(bytes, await Store.ReadThroughFileAsync("folder/blob"));
        Assert.Equal(count, await Store.LengthAsync("folder/blob"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Part - 1)]
    [InlineData(Part)]
    [InlineData(Part + 1)]
    [InlineData(3 * Part)]
    [InlineData(40 << 20)]
    public async Task A_file_that_was_put_is_read_back(int count)
    {
        byte[] bytes = BlobTesting.RandomBytes(count);
        await Store.PutThroughFileAsync("file", bytes);
        Assert.Equal(count, await Store.LengthAsync("file"));
        BlobTesting.AssertSame(bytes, await Store.ReadThroughFileAsync("file"));
    }

    [Fact]
    public async Task Putting_again_replaces()
    {
        await Store.PutAsync("blob", "a longer text"u8.ToArray());
        await Store.PutAsync("blob", "short"u8.ToArray());
        Assert.Equal("short"u8.ToArray(), await Store.ReadAsync("blob", 100));
        await Store.PutThroughFileAsync("blob", "from a file"u8.ToArray());
        Assert.Equal("from a file"u8.ToArray(), await Store.ReadAsync("blob", 100));
    }

    [Fact]
    public async Task A_part_of_memory_is_put_as_it_is()
    {
        byte[] bytes = BlobTesting.RandomBytes(1000);
        await Store.PutAsync("blob", bytes.AsMemory(100, 300));
        Assert.Equal(bytes[100..400], await Store.ReadAsync("blob", 300));
    }

    [Fact]
    public async Task What_is_not_there_has_no_length_and_cannot_be_read()
    {
        await Store.PutAsync("there/too", new byte[1]);
        foreach (string key in (string[])["missing", "there", "there/not", "missing/in/depth"])
        {
            Assert.Null(await Store.LengthAsync(key));
            BlobNotFoundException error = await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.ReadAsync(key, 10));
            Assert.Equal(key, error.Key);
        }
    }

    [Fact]
    public async Task A_read_that_fails_leaves_no_file_not_even_an_earlier_one()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder["target"], "earlier");
        await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.ReadToFileAsync("missing", folder["target"]));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Reading_to_a_file_replaces_it()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder["target"], "earlier");
        await Store.PutAsync("blob", "new"u8.ToArray());
        await Store.ReadToFileAsync("blob", folder["target"]);
        Assert.Equal("new", await File.ReadAllTextAsync(folder["target"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_blob_longer_than_expected_is_not_read()
    {
        await Store.PutAsync("blob", new byte[100]);
        Assert.Equal(100, (await Store.ReadAsync("blob", 100)).Length);
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => Store.ReadAsync("blob", 99));
        Assert.Contains("'blob'", error.Message, StringComparison.Ordinal);
        Assert.Contains("100 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_blob_is_put_once_and_then_left_unchanged()
    {
        Assert.True(await Store.TryPutNewAsync("deep/new", "first"u8.ToArray()));
        Assert.False(await Store.TryPutNewAsync("deep/new", "second"u8.ToArray()));
        Assert.Equal("first"u8.ToArray(), await Store.ReadAsync("deep/new", 100));
        await Store.DeleteAsync(["deep/new"]);
        Assert.True(await Store.TryPutNewAsync("deep/new", "third"u8.ToArray()));
        Assert.Equal(["deep/new"], await Store.KeysAsync());
    }

    [Fact]
    public async Task A_blob_that_is_there_before_the_first_conditional_put_is_left_unchanged()
    {
        await Store.PutAsync("old", "first"u8.ToArray());
        Assert.False(await Store.TryPutNewAsync("old", "second"u8.ToArray()));
        Assert.Equal("first"u8.ToArray(), await Store.ReadAsync("old", 100));
    }

    [Fact]
    public async Task Of_sixteen_who_put_a_new_blob_at_once_one_is_the_first()
    {
        for (int round = 0; round < 5; round++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"race/{round}/blob");
            bool[] first = await Task.WhenAll(Enumerable.Range(0, 16).Select(
                writer => Task.Run(() => Store.TryPutNewAsync(key, Enumerable.Repeat((byte)writer, 1000).ToArray()))));
            byte[] blob = await Store.ReadAsync(key, 1000);
            Assert.True(first[blob[0]]);
            Assert.Single(blob.Distinct());
            Assert.True(!OnlyOneIsFirst || first.Count(static won => won) == 1);
        }
    }

    [Fact]
    public async Task Keys_of_all_characters_and_of_the_greatest_length_are_kept()
    {
        string part = new('x', 200);
        string[] keys =
        [
            "0",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/0123456789_-.",
            $"{part}/{part}/{new string('y', BlobKey.CharactersMax - 402)}",
        ];
        foreach (string key in keys)
        {
            await Store.PutAsync(key, "x"u8.ToArray());
            Assert.Equal(1, await Store.LengthAsync(key));
        }

        Assert.Equal(keys, await Store.KeysAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData(".tmp/a")]
    [InlineData("a b")]
    [InlineData("\u00e4")]
    [InlineData("a\\b")]
    public async Task What_is_no_key_is_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.PutAsync(key, default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.TryPutNewAsync(key, default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.PutFileAsync(key, "none"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.LengthAsync(key));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadAsync(key, 1));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadToFileAsync(key, "none"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DeleteAsync([key]));
    }

    [Fact]
    public async Task A_listing_is_in_the_order_of_the_keys()
    {
        string[] keys = ["A", "a-b", "a.b", "a/0", "a/b-c", "a/b/c", "a/b/d", "a/b0", "a0", "aB", "b/c/d/e"];
        await Task.WhenAll(keys.Reverse().Select(key => Store.PutAsync(key, new byte[key.Length])));
        List<BlobEntry> entries = [];
        await foreach (BlobEntry entry in Store.ListAsync(""))
        {
            entries.Add(entry);
        }

        Assert.Equal(keys, entries.Select(static entry => entry.Key));
        Assert.All(entries, static entry => Assert.Equal(entry.Key.Length, entry.Bytes));
        Assert.All(entries, static entry => Assert.InRange((DateTimeOffset.UtcNow - entry.Modified).TotalSeconds, -5, 60));
    }

    [Theory]
    [InlineData("a", new[] { "a-b", "a/b", "a/bc/d", "ab" })]
    [InlineData("a/", new[] { "a/b", "a/bc/d" })]
    [InlineData("a/b", new[] { "a/b", "a/bc/d" })]
    [InlineData("a/bc", new[] { "a/bc/d" })]
    [InlineData("a/bc/", new[] { "a/bc/d" })]
    [InlineData("a/b/", new string[0])]
    [InlineData("zz", new string[0])]
    [InlineData("/", new string[0])]
    [InlineData("../", new string[0])]
    [InlineData(".", new string[0])]
    [InlineData("a//", new string[0])]
    public async Task A_listing_holds_the_keys_that_begin_with_the_prefix(string prefix, string[] expected)
    {
        await Task.WhenAll(((string[])["a-b", "a/b", "a/bc/d", "ab", "b"]).Select(key => Store.PutAsync(key, default)));
        Assert.Equal(expected, await Store.KeysAsync(prefix));
    }

    [Fact]
    public async Task More_than_a_thousand_blobs_are_listed_and_deleted()
    {
        string[] keys =
        [
            .. Enumerable.Range(0, 1010).Select(static i => string.Create(CultureInfo.InvariantCulture, $"many/{i % 3}/{i:d4}"))
                .Order(StringComparer.Ordinal),
        ];
        await Store.PutAsync("other", default);
        await Parallel.ForEachAsync(
            keys, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (key, stop) => await Store.PutAsync(key, default, stop));
        Assert.Equal(keys, await Store.KeysAsync("many/"));
        await Store.DeleteAsync([.. keys, "many/not-there", "never/was"]);
        Assert.Equal(["other"], await Store.KeysAsync());
    }

    [Fact]
    public async Task Deleting_what_is_not_there_or_nothing_succeeds()
    {
        await Store.PutAsync("a/b", default);
        await Store.DeleteAsync([]);
        await Store.DeleteAsync(["missing"]);
        await Store.DeleteAsync(["a", "a/missing", "missing/too"]);
        Assert.Equal(["a/b"], await Store.KeysAsync());
    }

    [Fact]
    public async Task A_blob_read_while_it_is_replaced_is_one_of_its_versions()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(1.5));
        await Store.PutAsync("blob", Version(1));
        Task writing = Task.Run(async () =>
        {
            for (int version = 1; !stop.IsCancellationRequested; version = (version % 50) + 1)
            {
                await Store.PutAsync("blob", Version(version), CancellationToken.None);
            }
        });
        int reads = 0;
        for (; !stop.IsCancellationRequested; reads++)
        {
            byte[] read = reads % 2 == 0 ? await Store.ReadAsync("blob", 1 << 20) : await Store.ReadThroughFileAsync("blob");
            Assert.Equal(Version(read[0]), read);
        }

        await writing;
        Assert.NotEqual(0, reads);
    }

    [Fact]
    public async Task Of_blobs_put_at_once_one_is_there_whole()
    {
        await Task.WhenAll(Enumerable.Range(1, 16).Select(version => Task.Run(() => Store.PutAsync("a/b", Version(version)))));
        byte[] read = await Store.ReadAsync("a/b", 1 << 20);
        Assert.Equal(Version(read[0]), read);
    }

    [Fact]
    public async Task Puts_and_deletions_in_one_folder_do_not_disturb_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"shared/folder-{writer % 3}/{writer}");
            for (int round = 0; round < 20; round++)
            {
                await Store.PutAsync(key, "x"u8.ToArray());
                await Store.DeleteAsync([key]);
            }
        })));
        Assert.Empty(await Store.KeysAsync());
    }

    [Fact]
    public async Task A_cancelled_put_leaves_nothing()
    {
        byte[] bytes = BlobTesting.RandomBytes(3 * Part);
        using CancellationTokenSource before = new();
        await before.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync("memory", bytes, before.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.TryPutNewAsync("new", bytes, before.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutThroughFileAsync("file", bytes, before.Token));
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(3));
        try
        {
            await Store.PutThroughFileAsync("soon", bytes, soon.Token);
            Assert.Equal(["soon"], await Store.KeysAsync());
        }
        catch (OperationCanceledException)
        {
            Assert.Empty(await Store.KeysAsync());
        }

        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_cancelled_read_leaves_no_file()
    {
        using TempFolder folder = new();
        await Store.PutThroughFileAsync("blob", BlobTesting.RandomBytes(3 * Part));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReadToFileAsync("blob", folder["target"], cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    public void Dispose()
    {
        if (_store.IsValueCreated)
        {
            Store.Dispose();
        }

        CleanUp();
        GC.SuppressFinalize(this);
    }

    /// <summary>An empty store.</summary>
    protected abstract IBlobStore Open();

    /// <summary>Nothing of a put that did not come to an end is kept.</summary>
    protected abstract void AssertNothingIsLeft();

    protected virtual void CleanUp()
    {
    }

    private static byte[] Version(int version) => Enumerable.Repeat((byte)version, 20_000 + (version * 3000)).ToArray();
}
