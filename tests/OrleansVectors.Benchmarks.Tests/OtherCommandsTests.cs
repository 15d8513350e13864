using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OrleansVectors.Benchmarks.Ann;

namespace OrleansVectors.Benchmarks.Tests;

public sealed partial class OtherCommandsTests
{
    [Theory]
    [InlineData("euclidean", "noisy", "base.bvecs")]
    [InlineData("cosine", "mixed", "base.fvecs")]
    public void A_made_set_has_a_truth_that_the_exact_index_agrees_with(string metric, string make, string baseName)
    {
        using var set = new SmallSet();
        var folder = Path.Combine(set.Folder, "made");
        string[] arguments = ["datasets", "--base", set.Base, "--query", set.Query, "--metric", metric, "--rows", "1000", "--make", make, "--out", folder];
        Assert.Equal(0, Run(arguments).ExitCode);
        var first = File.ReadAllBytes(Path.Combine(folder, baseName));
        Assert.Equal(0, Run(arguments).ExitCode);
        Assert.Equal(first, File.ReadAllBytes(Path.Combine(folder, baseName)));

        var files = Directory.GetFiles(folder).ToDictionary(path => Path.GetFileNameWithoutExtension(path));
        var run = Run("ann", "--base", files["base"], "--query", files["query"], "--truth", files["truth100"], "--metric", metric, "--index", "flat");
        Assert.StartsWith("ov,made,flat,1,1.0000,", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("euclidean", 4)]
    [InlineData("cosine", 4 * sizeof(float))]
    public void A_truncated_set_has_the_first_components_of_the_given_rows_and_a_truth_of_its_own(string metric, int rowBytes)
    {
        using var set = new SmallSet();
        var folder = Path.Combine(set.Folder, "cut");
        string[] arguments = ["datasets", "--base", set.Base, "--query", set.Query, "--metric", metric, "--make", "truncated", "--out", folder];
        Assert.Equal(2, Run(arguments).ExitCode);
        Assert.Equal(2, Run([.. arguments, "--dimensions", "13"]).ExitCode);
        Assert.Equal(0, Run([.. arguments, "--dimensions", "4"]).ExitCode);

        var files = Directory.GetFiles(folder).ToDictionary(path => Path.GetFileNameWithoutExtension(path));
        var cut = File.ReadAllBytes(files["base"]);
        Assert.Equal(SmallSet.Rows * (sizeof(int) + rowBytes), cut.Length);
        if (metric == "euclidean")
        {
            Assert.Equal(File.ReadAllBytes(set.Base)[sizeof(int)..(sizeof(int) + 4)], cut[sizeof(int)..(sizeof(int) + 4)]);
        }
        else
        {
            var first = MemoryMarshal.Cast<byte, float>(cut.AsSpan(sizeof(int), rowBytes)).ToArray();
            Assert.Equal(1, first.Sum(component => component * component), 5);
        }

        var run = Run("ann", "--base", files["base"], "--query", files["query"], "--truth", files["truth100"], "--metric", metric, "--index", "flat");
        Assert.StartsWith("ov,cut,flat,1,1.0000,", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Durable_writes_are_measured_against_the_disk()
    {
        var run = Run("writes", "--clients", "1,2", "--seconds", "1", "--rounds", "1", "--dim", "4");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^writes,disk,1,\d+,[\d.]+,[\d.]+,1\.00\nwrites,acknowledged,1,\d+,", run.Output);
        Assert.Contains("writes,acknowledged,2,", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_server_is_measured_and_restarted()
    {
        using var set = new SmallSet();
        string[] files = ["--base", set.Base, "--query", set.Query, "--truth", set.Truth, "--metric", "euclidean", "--batch", "50"];
        var speed = Run(["server", .. files, "--clients", "1,2", "--seconds", "1"]);
        Assert.Equal(0, speed.ExitCode);
        var lines = speed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Matches(ServerLine(), line));
        Assert.Matches(@",2,(1\.0000|0\.9[5-9]..),", lines[3]);

        var restart = Run(["restart", .. files]);
        Assert.Equal(0, restart.ExitCode);
        Assert.Matches($@" points={SmallSet.Rows},1,(1\.0000|0\.9[5-9]..),", restart.Output);
    }

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (BenchmarkCommands.Run(arguments, output, error, PassTimes.Shortest), output.ToString());
    }

    [GeneratedRegex(@"^server,[^,]+,[^,]+,\d+,[01]\.\d{4},\d+\.\d,\d+\.\d{3},\d+\.\d{3}$")]
    private static partial Regex ServerLine();
}
