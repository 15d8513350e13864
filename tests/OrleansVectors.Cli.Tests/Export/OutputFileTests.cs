using OrleansVectors.Cli.Export;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Tests.Export;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl", false)]
    [InlineData("a.jsonl.gz", true)]
    public void A_file_appears_whole_and_compressed_when_its_name_says_so(string name, bool compressed)
    {
        string path = _folder.Write(name, "old");
        using (OutputFile output = new(path, () => throw new InvalidOperationException()))
        {
            output.Content.Write("new"u8);
            Assert.Equal("old", File.ReadAllText(path));
            output.Commit();
        }

        using InputFile input = new(path);
        Assert.Equal(compressed, input.IsCompressed);
        Assert.Equal("new", new StreamReader(input.Content).ReadToEnd());
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_that_is_not_completed_leaves_the_old_one_and_nothing_else()
    {
        string path = _folder.Write("a.npy", "old");
        using (OutputFile output = new(path, () => throw new InvalidOperationException()))
        {
            output.Content.Write("half"u8);
        }

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }
}
