using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Benchmarks.Tests;

[Collection(nameof(AnnCommandTests))]
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

    [Theory]
    [InlineData("flat", "none")]
    [InlineData("flat", "bits")]
    [InlineData("hnsw", "bits")]
    [InlineData("ivf", "none")]
    public void Bits_of_the_components_are_searched_by_hamming(string index, string quantizer)
    {
        using var set = new SmallSet(dim: 40);
        var run = Run(set, "--metric", "hamming", "--index", index, "--quantizer", quantizer, "--ef", "200", "--lists", "4", "--nprobe", "4");
        Assert.Equal(0, run.ExitCode);
        var line = Assert.Single(run.Lines);
        Assert.True(double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture) >= 0.99, line);
        Assert.Contains("--metric hamming", run.Errors, StringComparison.Ordinal);
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
    [InlineData("random", "0.5", "auto")]
    [InlineData("near", "0.1", "scan")]
    [InlineData("far", "0.1", "scan")]
    [InlineData("outside", "0.1", "scan")]
    [InlineData("near", "0.001", "auto")]
    [InlineData("outside", "0.5", "auto")]
    public void A_filtered_search_finds_the_nearest_of_what_it_may_see(string kind, string share, string plan)
    {
        using var set = new SmallSet();
        var run = Run(set, "--metric", "euclidean", "--ef", "10", "--filter-selectivity", share, "--filter-kind", kind, "--filter-plan", plan);
        Assert.Equal(0, run.ExitCode);
        var line = Assert.Single(run.Lines);
        Assert.Matches(ResultLine(), line);
        var way = plan == "auto" ? "partition ef=10 plan=auto" : "hnsw m=16 efc=200 ef=10 plan=scan";
        Assert.StartsWith($"ov,{set.Name},{way} filter={kind}:{share},1,1.0000,", line, StringComparison.Ordinal);

        var flat = Run(set, "--metric", "euclidean", "--index", "flat", "--filter-selectivity", share, "--filter-kind", kind);
        Assert.StartsWith($"ov,{set.Name},flat filter={kind}:{share},1,1.0000,", Assert.Single(flat.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hnsw", "walk", "hnsw m=16 efc=200 ef=50 quantizer=int8 rescore=20 plan=walk")]
    [InlineData("hnsw", "two-hop", "hnsw m=16 efc=200 ef=50 quantizer=int8 rescore=20 plan=two-hop")]
    [InlineData("flat", "auto", "flat quantizer=int8 rescore=20")]
    [InlineData("ivf", "auto", "ivf lists=8 nprobe=8 quantizer=int8 rescore=20")]
    public void Codes_are_searched_and_what_they_give_is_compared_again(string index, string plan, string description)
    {
        using var set = new SmallSet();
        var run = Run(
            set, "--metric", "euclidean", "--index", index, "--quantizer", "int8", "--ef", "50", "--lists", "8", "--nprobe", "8", "--filter-selectivity", "0.5", "--filter-plan", plan);
        Assert.Equal(0, run.ExitCode);
        var line = Assert.Single(run.Lines);
        Assert.StartsWith($"ov,{set.Name},{description} filter=random:0.5,1,", line, StringComparison.Ordinal);
        Assert.True(double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture) >= 0.97, line);
    }

    [Fact]
    public void What_a_query_may_see_is_saved_for_other_engines()
    {
        using var set = new SmallSet();
        var path = Path.Combine(set.Folder, "filters.i32");
        Run(set, "--metric", "euclidean", "--index", "flat", "--filter-selectivity", "0.1", "--filter-kind", "near", "--filter-save", path);
        var numbers = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(path)).ToArray();
        Assert.Equal(SmallSet.Rows / 10, numbers[1]);
        Assert.Equal(SmallSet.Queries, numbers[2]);
        Assert.Equal(3 + SmallSet.Queries + (numbers[0] * numbers[1]), numbers.Length);
        Assert.All(numbers[3..(3 + SmallSet.Queries)], choice => Assert.InRange(choice, 0, numbers[0] - 1));
        Assert.All(numbers[(3 + SmallSet.Queries)..], ordinal => Assert.InRange(ordinal, 0, SmallSet.Rows - 1));
    }

    [Theory]
    [InlineData("replace")]
    [InlineData("window")]
    [InlineData("cluster")]
    public void Every_point_is_reachable_after_churn_and_a_fresh_graph_is_measured_beside(string kind)
    {
        using var set = new SmallSet();
        var path = Path.Combine(set.Folder, "changes.i32");
        var run = Run(set, "--metric", "euclidean", "--ef", "10,100", "--churn", "3", "--churn-kind", kind, "--churn-save", path);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(4, run.Lines.Length);
        Assert.All(run.Lines, line => Assert.Matches(ResultLine(), line));
        Assert.Contains($" churn={kind}:3 live=200 reachable=200 ", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains($" churn={kind}:3 fresh live=200 reachable=200,", run.Lines[2], StringComparison.Ordinal);
        Assert.All((string[])[run.Lines[1], run.Lines[3]], line => Assert.True(double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture) >= 0.98, line));

        var numbers = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(path)).ToArray();
        Assert.Equal([SmallSet.Rows / 2, 3 * SmallSet.Rows / 2], numbers[..2]);
        var live = numbers[2..(2 + numbers[0])].ToHashSet();
        Assert.Equal(numbers[0], live.Count);
        for (var step = 2 + numbers[0]; step < numbers.Length; step += 2)
        {
            Assert.True(live.Remove(numbers[step]), "what goes was there");
            Assert.True(live.Add(numbers[step + 1]), "what comes was not");
        }
    }

    [Fact]
    public void The_least_effort_that_reaches_a_recall_is_found()
    {
        using var set = new SmallSet();
        var run = Run(set, "--metric", "euclidean", "--m", "4", "--ef-construction", "20", "--target-recall", "0.99");
        Assert.Equal(0, run.ExitCode);
        var line = Assert.Single(run.Lines);
        Assert.True(double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture) >= 0.99, line);
        Assert.Equal(137, TargetSearch.LeastEffort(effort => effort >= 137 ? 1 : 0, 0.9, 10, 1000));
        Assert.Equal(10, TargetSearch.LeastEffort(_ => 1, 0.9, 10, 1000));
        Assert.Equal(1000, TargetSearch.LeastEffort(_ => 0, 0.9, 10, 1000));
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
    [InlineData("--filter-selectivity", "0")]
    [InlineData("--filter-kind", "odd")]
    [InlineData("--target-recall", "1.5")]
    [InlineData("--churn", "0")]
    [InlineData("--churn-kind", "odd")]
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
