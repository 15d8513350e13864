using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Recall;
using OrleansVectors.Cli.Tests.VectorFiles;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Tests.Recall;

public sealed class RecallJudgeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Rows at distances 1, 4, 4, 9 from the query; the truth names row 1 as the second, row 2 is as near.</summary>
    [Theory]
    [InlineData(new long[] { 0, 1 }, 1.0)]
    [InlineData(new long[] { 0, 2 }, 1.0)]
    [InlineData(new long[] { 2, 1 }, 1.0)]
    [InlineData(new long[] { 0, 3 }, 0.5)]
    [InlineData(new long[] { 0, 0 }, 0.5)]
    [InlineData(new long[] { 0 }, 0.5)]
    [InlineData(new long[] { -1, 4000 }, 0.0)]
    [InlineData(new long[] { }, 0.0)]
    public void An_answer_is_right_when_it_is_as_near_as_the_true_last_one(long[] answer, double recall)
        => Assert.Equal([recall, 1.0], Judge([[answer], [[0, 1]]], idStart: 0));

    [Fact]
    public void Ids_may_start_anywhere()
        => Assert.Equal([1.0], Judge([[[100, 102]]], idStart: 100));

    [Fact]
    public void A_truth_that_names_rows_the_base_does_not_have_is_refused()
        => Assert.Throws<CommandFailedException>(() => Judge([[[0, 1]]], idStart: 0, truth: [0, 77]));

    [Fact]
    public void Metrics_are_smaller_for_nearer_and_have_slack_only_where_rounding_matters()
    {
        float[] a = [3, 4];
        Assert.Equal(25, RecallMetric.Of("Euclid")!.Distance(a, [0, 0]));
        Assert.Equal(7, RecallMetric.Of("Manhattan")!.Distance(a, [0, 0]));
        Assert.Equal(-11, RecallMetric.Of("Dot")!.Distance(a, [1, 2]));
        Assert.Equal(0, RecallMetric.Of("Cosine")!.Distance(a, [6, 8]), 12);
        Assert.Equal(1000, RecallMetric.Of("Euclid")!.Bound(1000, integers: true));
        Assert.Equal(1000.001, RecallMetric.Of("Euclid")!.Bound(1000, integers: false), 9);
        Assert.Equal(0.500001, RecallMetric.Of("Cosine")!.Bound(0.5, integers: true), 9);
        Assert.Equal(2, RecallMetric.Of("Hamming")!.Distance([0, 1, 1, 0], [0, 0, 1, 1]));
        Assert.Equal(3, RecallMetric.Of("Hamming")!.Bound(3, integers: true));
        Assert.Null(RecallMetric.Of("Chebyshev"));
    }

    private double[] Judge(long[][][] answers, ulong idStart, float[]? truth = null)
    {
        RecallSettings settings = new()
        {
            Collection = "c",
            BaseFile = _folder.Write("base.bvecs", VectorBytes.Bvecs([[1, 0], [2, 0], [0, 2], [3, 0]])),
            QueryFile = "",
            TruthFile = _folder.Write("truth.ivecs", VectorBytes.Ivecs([truth ?? [0, 1]])),
            K = 2,
            IdStart = idStart,
        };
        return new RecallJudge(settings, RecallMetric.Of("Euclid")!, [[0, 0]], IntVectors.ReadAll(settings.TruthFile)).Judge(answers);
    }
}
