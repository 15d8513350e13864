using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Storage.Tests.Folders;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_created_and_replaced_and_nothing_else_stays()
    {
        using TempFolder temp = new();
        AtomicFile.Replace(temp["f"], "one"u8);
        AtomicFile.Replace(temp["f"], "two"u8);
        Assert.Equal("two", File.ReadAllText(temp["f"]));
        Assert.Single(Directory.GetFiles(temp.Path));
        AtomicFile.Delete(temp["f"]);
        Assert.Empty(Directory.GetFiles(temp.Path));
    }

    [Fact]
    public void A_failed_replacement_leaves_no_half_file()
    {
        using TempFolder temp = new();
        Directory.CreateDirectory(temp["f"]);
        Assert.ThrowsAny<IOException>(() => AtomicFile.Replace(temp["f"], "one"u8));
        Assert.Empty(Directory.GetFiles(temp.Path));
    }
}
