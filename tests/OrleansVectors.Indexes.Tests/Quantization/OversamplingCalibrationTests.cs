using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Tests.Quantization;

public sealed class OversamplingCalibrationTests
{
    private const int Seed = 3_301;
    private static readonly uint[] Queries = [.. Enumerable.Range(0, 60).Select(i => (uint)(i * 30))];

    [Fact]
    public void The_factor_is_enough_for_other_queries_and_half_of_it_is_not()
    {
        var clusters = new Clusters(64, 20, DistanceMetric.Euclidean, Seed);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(QuantizerKind.RaBitQ1), DistanceMetric.Euclidean, 2000);
        var factor = Factor(set, 0.95);
        Assert.Equal(factor, Factor(set, 0.95));
        Assert.InRange(factor, 1.2, 30);
        Assert.InRange(RecallWith(factor), 0.92, 1);
        Assert.InRange(RecallWith(Math.Max(factor / 2, 1)), 0, 0.949);

        double RecallWith(double oversampling)
        {
            var found = 0;
            for (var q = 0; q < 60; q++)
            {
                var query = clusters.Next();
                var near = set.Ordered(query).Take((int)(10 * oversampling)).Select(candidate => candidate.Ordinal).ToHashSet();
                found += set.OrderedExactly(query).Take(10).Count(candidate => near.Contains(candidate.Ordinal));
            }

            return found / 600.0;
        }
    }

    [Fact]
    public void Better_codes_need_less_and_more_recall_needs_more()
    {
        var clusters = new Clusters(64, 20, DistanceMetric.Cosine, Seed + 1);
        using var fine = CodedSet.Of(clusters, new QuantizerOptions(QuantizerKind.Int8), DistanceMetric.Cosine, 2000);
        using var coarse = CodedSet.Of(new Clusters(64, 20, DistanceMetric.Cosine, Seed + 1), new QuantizerOptions(QuantizerKind.RaBitQ1), DistanceMetric.Cosine, 2000);
        var low = Factor(coarse, 0.8);
        var high = Factor(coarse, 0.99);
        Assert.True(low < high, $"{low} {high}");
        Assert.InRange(Factor(fine, 0.99), 1, 1.5);
    }

    [Fact]
    public void Few_vectors_need_no_more_than_there_are()
    {
        var clusters = new Clusters(16, 2, DistanceMetric.Euclidean, Seed);
        using var set = CodedSet.Of(clusters, new QuantizerOptions(QuantizerKind.Int4), DistanceMetric.Euclidean, 5);
        Assert.Equal(1, Factor(set, 1, [0, 1], default(AdmitAll)));
        Assert.Equal(1, Factor(set, 1, [0], new LiveSet(new bool[5])));
        Assert.Equal(1, new OversamplingCalibration(10).Factor(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OversamplingCalibration(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OversamplingCalibration(1).Factor(0));
    }

    [Fact]
    public void A_query_is_not_its_own_neighbour()
    {
        var calibration = new OversamplingCalibration(1);
        float[] numbers = [0, 1, 3, 6, 10];
        using var set = CodedSet.Of([.. numbers.Select(number => (float[])[number])], new QuantizerOptions(QuantizerKind.BFloat16), DistanceMetric.Euclidean);

        // By code the query is the nearest to itself and its true neighbour, 1, the third: with the query it would be the second of two.
        calibration.Measure(
            new FlatScan(set.Floats), set.Rows, [0], 5, default(AdmitAll), _ => [[new(0, 0), new(1, 2), new(2, 3), new(3, 1)]], CancellationToken.None);
        Assert.Equal(3, calibration.Factor(1));
    }

    [Fact]
    public void A_vector_that_is_as_near_to_all_says_nothing()
    {
        // Under cosine a vector of zeros is as near to every other, and its codes find any of them.
        var random = new Random(Seed + 2);
        using var set = CodedSet.Of(
            [.. Enumerable.Range(0, 1000).Select(i => i % 30 == 0 ? new float[48] : Unit(random, 48))], new QuantizerOptions(QuantizerKind.Int8), DistanceMetric.Cosine);
        Assert.InRange(Factor(set, 0.998, [.. Enumerable.Range(0, 100).Select(i => (uint)(i * 10))], default(AdmitAll)), 1, 10);
    }

    private static float[] Unit(Random random, int dim)
    {
        float[] vector = [.. Enumerable.Range(0, dim).Select(_ => random.NextSingle() - 0.5f)];
        VectorDistance.Normalize(vector);
        return vector;
    }

    private static double Factor(CodedSet set, double recall) => Factor(set, recall, Queries, default(AdmitAll));

    private static double Factor<TFilter>(CodedSet set, double recall, uint[] queries, TFilter filter)
        where TFilter : struct, IOrdinalFilter
    {
        var calibration = new OversamplingCalibration(10);
        foreach (var some in queries.Chunk(OversamplingCalibration.QueriesAtOnce))
        {
            calibration.Measure(new FlatScan(set.Floats), new FlatScan(set.Codes), set.Rows, some, set.Count, filter, CancellationToken.None);
        }

        Assert.Equal(queries.Length, calibration.Queries);
        return calibration.Factor(recall);
    }
}
