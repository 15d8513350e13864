using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using Xunit;

namespace OrleansVectors.Partitions.Tests.Vectors;

/// <summary>How much searches look at is measured on the vectors there are.</summary>
public sealed class CalibrationTests
{
    private const int Dim = 32;
    private const int Points = 2000;

    /// <summary>What 64 lists have before anything is measured.</summary>
    private const int UnmeasuredProbes = 10;

    [Theory]
    [InlineData(VectorIndexKind.Hnsw)]
    [InlineData(VectorIndexKind.Flat)]
    [InlineData(VectorIndexKind.Ivf)]
    public async Task Oversampling_follows_the_target_and_is_there_after_a_reopening(VectorIndexKind kind)
    {
        using TempFolder folder = new();
        VectorFieldSchema field = Field(kind, QuantizerKind.RaBitQ2, 0.7f);
        float low;
        float high;
        await using (PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(field)))
        {
            await FillAsync(host, 0, Points);
            await host.WaitForIndexingAsync();
            low = await UntilAsync(host, factor => factor < 8);
            await host.ChangeSchemaAsync(Field(kind, QuantizerKind.RaBitQ2, 0.99f));
            high = await UntilAsync(host, factor => factor > low);
            Assert.Equal(3, Explain(host, new QuantizationSearch(Oversampling: 3)).Oversampling);
        }

        Assert.InRange(low, 1, 8);
        Assert.InRange(high, low, 50);
        await using PartitionHost reopened = new(folder.Path, PartitionHost.SchemaOf(Field(kind, QuantizerKind.RaBitQ2, 0.99f)));
        Assert.Equal(high, await UntilAsync(reopened, _ => true));
    }

    [Fact]
    public async Task Lists_are_looked_into_until_the_target_is_met()
    {
        using TempFolder folder = new();
        VectorFieldSchema field = PartitionHost.Field(0, "", dim: Dim, graphFromBytes: 1 << 16) with { IndexKind = VectorIndexKind.Ivf, Ivf = new IvfSchema(Lists: 64), Quantization = new QuantizationSchema(QuantizerKind.Int8) { TargetRecall = 0.5f } };
        long visited;
        await using (PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(field)))
        {
            await FillAsync(host, 0, Points);
            await host.WaitForIndexingAsync();
            long until = Environment.TickCount64 + 20_000;
            while (Explain(host, null).NodesVisited >= UnmeasuredProbes && Environment.TickCount64 < until)
            {
                await Task.Delay(20);
            }

            Assert.InRange(Recall(host), 0.5, 1);
            visited = Explain(host, null).NodesVisited;
            Assert.InRange(visited, 1, UnmeasuredProbes - 1);
        }

        await using PartitionHost reopened = new(folder.Path, PartitionHost.SchemaOf(field));
        long restored = Environment.TickCount64 + 20_000;
        while (Explain(reopened, null).NodesVisited == 0 && Environment.TickCount64 < restored)
        {
            await Task.Delay(5);
        }

        Assert.Equal(visited, Explain(reopened, null).NodesVisited);
    }

    private static VectorFieldSchema Field(VectorIndexKind kind, QuantizerKind codes, float target)
        => PartitionHost.Field(0, "", dim: Dim, m: 8, graphFromBytes: 1 << 16) with
        {
            IndexKind = kind,
            Quantization = new QuantizationSchema(codes) { TargetRecall = target },
        };

    private static async Task<float> UntilAsync(PartitionHost host, Func<float, bool> isThere)
    {
        long until = Environment.TickCount64 + 20_000;
        float factor = Explain(host, null).Oversampling;
        while (factor == 0 || !isThere(factor))
        {
            Assert.True(Environment.TickCount64 < until, $"the factor is {factor}");
            await Task.Delay(20);
            factor = Explain(host, null).Oversampling;
        }

        return factor;
    }

    private static SearchExplanation Explain(PartitionHost host, QuantizationSearch? codes)
        => host.Partition.Search(
            new SearchRequest { Vector = Next(new Random(99)), Limit = 10, Explain = true, Quantization = codes }, CancellationToken.None).Explanations[0];

    private static double Recall(PartitionHost host)
    {
        Random random = new(21);
        return Enumerable.Range(0, 50).Average(_ =>
        {
            SearchRequest request = new() { Vector = Next(random), Limit = 10 };
            float farthest = host.Partition.Search(request with { Exact = true }, CancellationToken.None)[9].Distance;
            return host.Partition.Search(request, CancellationToken.None).Count(hit => hit.Distance <= farthest) / 10.0;
        });
    }

    private static Task<Writing.OperationOutcome> FillAsync(PartitionHost host, int from, int count)
    {
        Random random = new(7 + from);
        return host.WriteAsync(new UpsertPoints([.. Enumerable.Range(from, count).Select(id =>
            new PointInput(PointId.FromNumber((ulong)id), [new NamedVector("", Next(random))], PartitionHost.Payload("{}")))]));
    }

    private static float[] Next(Random random)
    {
        int cluster = random.Next(20);
        return [.. Enumerable.Range(0, Dim).Select(i => (MathF.Sin((cluster * 31) + i) * 2) + random.NextSingle())];
    }
}
