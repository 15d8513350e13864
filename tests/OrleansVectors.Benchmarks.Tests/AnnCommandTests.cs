using System.Globalization;
using System.Text.RegularExpressions;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Benchmarks.Tests;

public sealed partial class AnnCommandTests
{
    [Theory]
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Dot)]
    public void The_flat_index_has_recall_one_with_ties(DistanceMetric metric)
    {
        using var set = new SmallSet(metric);
        var run = Run(set, "--metric", metric.ToString().ToLowerInvariant(), "--index", "flat");
        Assert.Equal(0, run.ExitCode);
        var line = Assert.Single(run.Lines);
        Assert.StartsWith($"ov,{set.Name},flat,1,1.0000,", line, StringComparison.Ordinal);
        Assert.Matches(ResultLine(), line);
    }

    [Fact]
    public void The_graph_prints_one_line_for_each_ef_in_the_documented_form()
    {
        using var set = new SmallSet();
        var run = Run(set, "--metric", "euclidean", "--index", "hnsw", "--m", "8", "--ef-construction", "60", "--ef", "10,200", "--threads", "2", "--build-threads", "2", "--clock", "cpu");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Lines.Length);
        Assert.All(run.Lines, line => Assert.Matches(ResultLine(), line));
        Assert.StartsWith($"ov,{set.Name},hnsw m=8 efc=60 ef=10,2,", run.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"ov,{set.Name},hnsw m=8 efc=60 ef=200,2,", run.Lines[1], StringComparison.Ordinal);
        var recall = double.Parse(run.Lines[1].Split(',')[4], CultureInfo.InvariantCulture);
        Assert.True(recall >= 0.99, run.Lines[1]);
    }

    [Fact]
    public void A_part_of_the_base_gets_a_truth_of_its_own()
    {
        using var set = new SmallSet();
        var part = Run(set, "--metric", "euclidean", "--index", "flat", "--rows", "100");
        Assert.Equal(0, part.ExitCode);
        Assert.StartsWith($"ov,{set.Name}:100,flat,1,1.0000,", Assert.Single(part.Lines), StringComparison.Ordinal);
        Assert.Contains("--rows 100", part.Errors, StringComparison.Ordinal);

        var whole = Run(set, "--metric", "euclidean", "--index", "flat", "--rows", $"{SmallSet.Rows}");
        Assert.StartsWith($"ov,{set.Name},flat,1,1.0000,", Assert.Single(whole.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--rows", "401")]
    [InlineData("--rows", "0")]
    [InlineData("--ef", "10,many")]
    [InlineData("--m", "1")]
    [InlineData("--index", "tree")]
    [InlineData("--clock", "sand")]
    [InlineData("--threads", "0")]
    [InlineData("--colour", "blue")]
    public void An_argument_that_cannot_be_used_is_named_with_exit_code_2(string option, string value)
    {
        using var set = new SmallSet();
        AssertRefused(option, Run(set, "--metric", "euclidean", option, value));
    }

    [Fact]
    public void Files_that_do_not_fit_are_named_with_exit_code_2()
    {
        using var set = new SmallSet();
        using var wider = new SmallSet(dim: 13);
        using var narrowTruth = new SmallSet(truthColumns: 9);
        AssertRefused("--truth", Run(set.Base, set.Query, Path.Combine(set.Folder, "absent.ivecs"), "--metric", "euclidean"));
        AssertRefused("--base", Run(Path.Combine(set.Folder, "absent.bvecs"), set.Query, set.Truth, "--metric", "euclidean"));
        AssertRefused("--base", Run(set.Folder, set.Query, set.Truth, "--metric", "euclidean"));
        AssertRefused("--query", Run(set.Base, wider.Query, set.Truth, "--metric", "euclidean"));
        AssertRefused("--truth", Run(set.Base, set.Query, narrowTruth.Truth, "--metric", "euclidean"));
        AssertRefused("--truth", Run(set.Base, set.Base, set.Truth, "--metric", "euclidean"));
        AssertRefused("--metric", Run(set.Base, set.Query, set.Truth));

        File.WriteAllBytes(set.Base, [12, 0, 0, 0, 1, 2, 3]);
        AssertRefused("--base", Run(set, "--metric", "euclidean"));
    }

    [Fact]
    public void Nothing_native_is_left_after_a_run()
    {
        using var set = new SmallSet(dim: 9);
        var before = NativeRegion.TotalCommittedBytes;
        Run(set, "--metric", "euclidean", "--index", "flat");
        Assert.True(NativeRegion.TotalCommittedBytes <= before, "other runs' scratch may be freed meanwhile, nothing may be added");
    }

    private static void AssertRefused(string argument, Outcome run)
    {
        Assert.Equal(BenchmarkCommands.BadArgument, run.ExitCode);
        Assert.Contains(argument, run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Lines);
    }

    private static Outcome Run(SmallSet set, params string[] options) => Run(set.Base, set.Query, set.Truth, options);

    private static Outcome Run(string baseFile, string queryFile, string truthFile, params string[] options)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = BenchmarkCommands.Run(
            ["ann", "--base", baseFile, "--query", queryFile, "--truth", truthFile, .. options], output, error, PassTimes.Shortest);
        return new Outcome(exitCode, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), error.ToString());
    }

    [GeneratedRegex(@"^ov,[^,]+,[^,]+,\d+,[01]\.\d{4},\d+\.\d,\d+\.\d\d,\d+\.\d$")]
    private static partial Regex ResultLine();

    private sealed record Outcome(int ExitCode, string[] Lines, string Errors);
}
