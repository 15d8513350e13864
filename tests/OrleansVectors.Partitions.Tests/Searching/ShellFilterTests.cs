using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Tests.Searching;

/// <summary>
/// A filter that leaves out all that is near the query: what is left lies at nearly the same distance, which coarse codes do
/// not tell apart.
/// </summary>
public sealed class ShellFilterTests
{
    private const int Dim = 64;
    private const int Points = 12_000;
    private const int K = 10;

    [Fact]
    public async Task Coarse_codes_cost_no_recall_where_all_matches_are_equally_far()
    {
        using TempFolder folder = new();
        PartitionSchema schema = PartitionHost.SchemaOf(PartitionHost.Field(0, "", Dim, m: 16) with
        {
            EfConstruction = 80,
            Quantization = new QuantizationSchema(QuantizerKind.Int4),
        }) with
        { PayloadIndexes = [new PayloadIndexSchema(0, PayloadPath.Parse("rank"), PayloadIndexType.Integer)] };
        await using PartitionHost host = new(folder.Path, schema);
        Random random = new(3);
        float[] query = Next(random);
        float[][] byDistance = [.. Enumerable.Range(0, Points).Select(_ => Next(random)).OrderBy(vector => Distance(vector, query))];
        await host.WriteAsync(new UpsertPoints([.. byDistance.Select((vector, rank) => new PointInput(
            PointId.FromNumber((ulong)rank), [new NamedVector("", vector)], PartitionHost.Payload($$"""{"rank":{{rank}}}""")))]));
        await host.WaitForIndexingAsync();
        foreach (double share in (double[])[0.9, 0.5, 0.1, 0.03])
        {
            int from = (int)(Points * (1 - share));
            SearchAnswer found = host.Partition.Search(
                new SearchRequest
                {
                    Vector = query,
                    Limit = K,
                    HnswEf = 64,
                    Explain = true,
                    Filter = new Filter { Must = [new RangeCondition(PayloadPath.Parse("rank"), new NumberRange(null, null, null, from))] },
                },
                CancellationToken.None);
            int right = found.Count(hit => hit.Point.Id.Number < (ulong)(from + K));
            Assert.True(right >= K - 1, $"{right} of {K} are right at a share of {share}: {found.Explanations.Single()}");
        }
    }

    private static float[] Next(Random random) => [.. Enumerable.Range(0, Dim).Select(_ => random.NextSingle())];

    private static float Distance(float[] left, float[] right) => left.Zip(right, (a, b) => (a - b) * (a - b)).Sum();
}
