using System.Text.RegularExpressions;
using OrleansVectors.Benchmarks.Ann;

namespace OrleansVectors.Benchmarks.Tests;

[Collection(nameof(AnnCommandTests))]
public sealed partial class FiltersCommandTests
{
    [Fact]
    public void A_partition_is_searched_under_every_filter()
    {
        using var set = new SmallSet();
        var run = Run(
            "filters", "--base", set.Base, "--query", set.Query, "--truth", set.Truth, "--metric", "euclidean", "--selectivities", "1,0.1,0.005", "--ef", "0,20");
        Assert.Equal(0, run.ExitCode);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4 * 3 * 2, lines.Length);
        Assert.All(lines, line => Assert.Matches(FiltersLine(), line));
    }

    [Fact]
    public void A_share_or_a_word_of_a_list_that_cannot_be_used_is_refused()
    {
        using var set = new SmallSet();
        string[] files = ["filters", "--base", set.Base, "--query", set.Query, "--truth", set.Truth, "--metric", "euclidean"];
        Assert.Equal(BenchmarkCommands.BadArgument, Run([.. files, "--selectivities", "0.5,2"]).ExitCode);
        Assert.Equal(BenchmarkCommands.BadArgument, Run([.. files, "--kinds", "near,odd"]).ExitCode);
    }

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (BenchmarkCommands.Run(arguments, output, error, PassTimes.Shortest), output.ToString());
    }

    [GeneratedRegex(@"^filters,[^,]+,(random|near|far|outside),[^,]+,(auto|20),1\.0000,0,\d+,[^,]+,[^,]+,\d+,\d+\r?$")]
    private static partial Regex FiltersLine();
}
