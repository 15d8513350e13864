using OrleansVectors.Storage.Blobs;

namespace OrleansVectors.Storage.Tests.Blobs;

public sealed class FolderBlobStoreTests : BlobStoreTests
{
    private readonly TempFolder _folder = new();

    protected override bool OnlyOneIsFirst => true;

    private string Root => _folder["root"];

    [Fact]
    public async Task A_name_of_the_greatest_length_is_kept()
    {
        using FolderBlobStore store = new(Root);
        string key = $"{new string('x', BlobKey.PartCharactersMax)}/{new string('y', BlobKey.PartCharactersMax)}";
        await store.PutAsync(key, default);
        Assert.Equal([key], await store.KeysAsync());
        Assert.Throws<ArgumentException>(() => BlobKey.Check(new string('x', BlobKey.PartCharactersMax + 1)));
    }

    [Fact]
    public async Task What_is_no_blob_is_not_listed()
    {
        using FolderBlobStore store = new(Root);
        await store.PutAsync("blob", default);
        await File.WriteAllTextAsync(Path.Combine(Root, "not a key"), "");
        await File.WriteAllTextAsync(Path.Combine(Root, ".hidden"), "");
        Directory.CreateDirectory(Path.Combine(Root, "empty", "folders"));
        Assert.Equal(["blob"], await store.KeysAsync());
    }

    [Fact]
    public async Task A_deletion_takes_the_folders_it_empties()
    {
        using FolderBlobStore store = new(Root);
        await store.PutAsync("a/b/c", default);
        await store.PutAsync("a/d", default);
        await store.DeleteAsync(["a/b/c"]);
        Assert.Equal([Path.Combine(Root, "a", "d")], Directory.GetFileSystemEntries(Path.Combine(Root, "a")));
        await store.DeleteAsync(["a/d"]);
        Assert.False(Directory.Exists(Path.Combine(Root, "a")));
        Assert.True(Directory.Exists(Root));
    }

    [Fact]
    public void Only_leftovers_older_than_a_day_are_deleted_on_opening()
    {
        using FolderBlobStore first = new(Root);
        string old = Path.Combine(Root, ".tmp", "old");
        string young = Path.Combine(Root, ".tmp", "young");
        File.WriteAllText(old, "");
        File.WriteAllText(young, "");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-25));
        File.SetLastWriteTimeUtc(young, DateTime.UtcNow.AddHours(-23));
        using FolderBlobStore second = new(Root);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public async Task A_blob_in_the_way_of_another_is_a_failure_that_names_both_key_and_folder()
    {
        using FolderBlobStore store = new(Root);
        await store.PutAsync("a", default);
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.PutAsync("a/b", default));
        Assert.Contains("'a/b'", error.Message, StringComparison.Ordinal);
        Assert.Contains(Root, error.Message, StringComparison.Ordinal);
        await store.PutAsync("c/d", default);
        await Assert.ThrowsAsync<BlobStoreException>(() => store.PutAsync("c", default));
        await Assert.ThrowsAsync<BlobNotFoundException>(() => store.ReadAsync("a/b", 1));
        Assert.Equal(["a", "c/d"], await store.KeysAsync());
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_store_that_has_gone_is_not_an_empty_store()
    {
        using FolderBlobStore store = new(Root);
        await store.PutAsync("a/b", default);
        Directory.Delete(Root, recursive: true);
        await Assert.ThrowsAsync<BlobStoreException>(() => store.PutAsync("a/b", default));
        Assert.IsNotType<BlobNotFoundException>(await Assert.ThrowsAnyAsync<BlobStoreException>(() => store.ReadAsync("a/b", 1)));
        await Assert.ThrowsAsync<BlobStoreException>(() => store.LengthAsync("a/b"));
        await Assert.ThrowsAsync<BlobStoreException>(() => store.KeysAsync());
        await Assert.ThrowsAsync<BlobStoreException>(() => store.DeleteAsync(["a/b"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_is_a_failure_that_names_it()
    {
        File.WriteAllText(_folder["file"], "");
        BlobStoreException error = Assert.Throws<BlobStoreException>(() => new FolderBlobStore(_folder["file"]));
        Assert.Contains(_folder["file"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_the_mistake_of_who_puts_it()
    {
        using FolderBlobStore store = new(Root);
        await Assert.ThrowsAsync<FileNotFoundException>(() => store.PutFileAsync("blob", _folder["missing"]));
        Assert.Empty(await store.KeysAsync());
    }

    [Fact]
    public async Task A_put_that_fails_half_way_leaves_nothing()
    {
        // Reading the memory of a process from its beginning fails, as a bad disk would.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        using FolderBlobStore store = new(Root);
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.PutFileAsync("blob", "/proc/self/mem"));
        Assert.Contains("'blob'", error.Message, StringComparison.Ordinal);
        Assert.Empty(await store.KeysAsync());
        AssertNothingIsLeft();
    }

    protected override IBlobStore Open() => new FolderBlobStore(Root);

    protected override void AssertNothingIsLeft() => Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Root, ".tmp")));

    protected override void CleanUp() => _folder.Dispose();
}
