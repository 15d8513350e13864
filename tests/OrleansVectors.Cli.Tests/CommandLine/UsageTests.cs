namespace OrleansVectors.Cli.Tests.CommandLine;

public sealed class UsageTests
{
    [Theory]
    [InlineData("", "command")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("import a.npy", "--collection")]
    [InlineData("import -c x", "argument missing")]
    [InlineData("import -c x a.unknown", "--format")]
    [InlineData("import -c x a.npy --batch-size 0", "--batch-size must be at least 1, not 0")]
    [InlineData("import -c x a.npy --metric jaccard", "jaccard")]
    [InlineData("import -c x a.npy --vectors b.npy", "--vectors")]
    [InlineData("import -c x a.csv --vector-columns v0", "FIRST..LAST")]
    [InlineData("info --url ftp://x", "--url")]
    [InlineData("bench recall -c x --base b --query q --truth t --hnsw-ef 10,no", "'no'")]
    public async Task A_command_line_that_makes_no_sense_exits_with_2_and_says_why(string arguments, string reason)
    {
        Invocation run = await Invocation.RunAsync(
            TestContext.Current.CancellationToken, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_exits_with_1_before_any_server_is_asked()
    {
        Invocation run = await Invocation.RunAsync(TestContext.Current.CancellationToken, "import", "-c", "x", "/nowhere/a.npy");

        Assert.Equal((1, "/nowhere/a.npy: there is no such file"), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task Help_lists_the_commands()
    {
        Invocation run = await Invocation.RunAsync(TestContext.Current.CancellationToken, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.All(["import", "export", "info", "doctor", "bench", "--url", "--api-key"], word => Assert.Contains(word, run.Output, StringComparison.Ordinal));
    }
}
