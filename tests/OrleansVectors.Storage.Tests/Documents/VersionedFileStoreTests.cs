using OrleansVectors.Storage.Documents;

namespace OrleansVectors.Storage.Tests.Documents;

public sealed class VersionedFileStoreTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    private VersionedFileStore Open() => new(_temp["documents"]);

    [Fact]
    public void A_document_is_created_read_replaced_and_deleted_by_version()
    {
        VersionedFileStore store = Open();
        Assert.Null(store.Read("schema"));
        Assert.Equal(1ul, store.WriteIfVersion("schema", "{}"u8, 0));
        Assert.Equal(2ul, store.WriteIfVersion("schema", "{\"a\":1}"u8, 1));

        VersionedDocument document = Open().Read("schema")!;
        Assert.Equal(2ul, document.Version);
        Assert.Equal("{\"a\":1}"u8, document.Bytes.Span);
        Assert.Equal(["schema"], Open().List());

        store.DeleteIfVersion("schema", 2);
        Assert.Null(Open().Read("schema"));
    }

    [Fact]
    public void A_writer_that_missed_a_version_is_refused_and_changes_nothing()
    {
        VersionedFileStore store = Open();
        store.WriteIfVersion("d", "1"u8, 0);
        store.WriteIfVersion("d", "2"u8, 1);
        DocumentVersionException error = Assert.Throws<DocumentVersionException>(() => store.WriteIfVersion("d", "x"u8, 1));
        Assert.Equal((1ul, 2ul), (error.Expected, error.Actual));
        Assert.Throws<DocumentVersionException>(() => store.WriteIfVersion("d", "x"u8, 0));
        Assert.Throws<DocumentVersionException>(() => store.WriteIfVersion("new", "x"u8, 1));
        Assert.Throws<DocumentVersionException>(() => store.DeleteIfVersion("d", 1));
        Assert.Equal("2"u8, store.Read("d")!.Bytes.Span);
    }

    [Fact]
    public async Task Of_several_writers_with_one_version_exactly_one_wins()
    {
        VersionedFileStore store = Open();
        store.WriteIfVersion("d", "0"u8, 0);
        for (ulong version = 1; version <= 20; version++)
        {
            ulong expected = version;
            bool[] won = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                try
                {
                    return store.WriteIfVersion("d", "x"u8, expected) == expected + 1;
                }
                catch (DocumentVersionException)
                {
                    return false;
                }
            })));
            Assert.Single(won, true);
        }
    }

    [Fact]
    public void Any_flipped_or_missing_byte_is_seen()
    {
        VersionedFileStore store = Open();
        store.WriteIfVersion("d", "some content"u8, 0);
        string path = Assert.Single(Directory.GetFiles(_temp["documents"]));
        byte[] sound = File.ReadAllBytes(path);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] flipped = [.. sound];
            flipped[at] ^= 1;
            foreach (byte[] damaged in new[] { flipped, sound[..at] })
            {
                File.WriteAllBytes(path, damaged);
                Assert.Throws<DocumentDamagedException>(() => store.Read("d"));
                Assert.Throws<DocumentDamagedException>(() => store.WriteIfVersion("d", "y"u8, 1));
            }
        }
    }

    [Fact]
    public void What_an_interrupted_write_left_is_ignored_and_removed()
    {
        Open().WriteIfVersion("d", "old"u8, 0);
        string path = Assert.Single(Directory.GetFiles(_temp["documents"]));
        File.WriteAllText(path + ".tmp", "half");
        Assert.Equal("old"u8, Open().Read("d")!.Bytes.Span);
        Assert.Single(Directory.GetFiles(_temp["documents"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\0")]
    [InlineData("ü")]
    public void A_name_that_could_leave_the_folder_or_depend_on_the_system_is_refused(string name)
        => Assert.Throws<ArgumentException>(() => Open().Read(name));

    [Fact]
    public void The_file_is_one_line_and_the_content()
    {
        Open().WriteIfVersion("d", "{}"u8, 0);
        Assert.Equal(
            "OVDOC 1 crc32c=a8b92ff4 version=00000000000000000001 bytes=0000000002\n{}",
            File.ReadAllText(Path.Combine(_temp["documents"], "d.doc")));
    }
}
