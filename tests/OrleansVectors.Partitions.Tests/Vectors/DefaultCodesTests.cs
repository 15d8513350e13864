using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using Xunit;

namespace OrleansVectors.Partitions.Tests.Vectors;

/// <summary>Codes that nobody asked for are never noticed by what is found, whatever the data are.</summary>
public sealed class DefaultCodesTests
{
    private const int Points = 2000;
    private const int Queries = 100;

    public enum Shape
    {
        Clusters,
        AllEqual,
        Duplicates,
        UnequalScales,
        Tiny,
        FarFromTheOrigin,
        HeavyTails,
    }

    public static TheoryData<Shape, int, QuantizerKind?> Data => new()
    {
        { Shape.Clusters, 40, QuantizerKind.Int8 },
        { Shape.Clusters, 400, QuantizerKind.Int4 },
        { Shape.AllEqual, 40, QuantizerKind.Int8 },
        { Shape.Duplicates, 40, QuantizerKind.Int8 },
        { Shape.UnequalScales, 40, null },
        { Shape.UnequalScales, 400, null },
        { Shape.Tiny, 40, QuantizerKind.Int8 },
        { Shape.FarFromTheOrigin, 40, QuantizerKind.Int8 },
        { Shape.FarFromTheOrigin, 400, QuantizerKind.Int4 },
        { Shape.HeavyTails, 40, null },
        { Shape.HeavyTails, 400, null },
    };

    [Theory]
    [MemberData(nameof(Data))]
    public async Task A_graph_takes_the_codes_that_cost_no_recall(Shape shape, int dim, QuantizerKind? expected)
    {
        using TempFolder folder = new();
        using TempFolder plainFolder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Field(dim)));
        await using PartitionHost plain = new(plainFolder.Path, PartitionHost.SchemaOf(Field(dim) with { Quantization = null }));
        foreach (PartitionHost one in (PartitionHost[])[host, plain])
        {
            await FillAsync(one, shape, dim, 0, Points);
            await one.WaitForIndexingAsync();
        }

        Random random = new(5);
        float[][] queries = [.. Enumerable.Range(0, Queries).Select(_ => Next(shape, dim, random))];
        double withCodes = queries.Average(query => Recall(host, query));
        double without = queries.Average(query => Recall(plain, query));
        // Two graphs that threads have built differ by a point, and by more where crowds or outliers lie very far from the others.
        double tolerance = shape switch { Shape.UnequalScales => 1, Shape.HeavyTails => 0.04, _ => 0.015 };
        Assert.True(withCodes >= without - tolerance, $"{shape} {dim}: {withCodes} with {Explain(host, queries[0]).Codes}, {without} without");
        QuantizerKind? taken = Explain(host, Next(shape, dim, new Random(9))).Codes;
        Assert.True(expected == taken, $"{shape} {dim}: {taken} was taken, recall {withCodes} of {without}");
    }

    [Fact]
    public async Task A_query_far_outside_of_the_vectors_is_answered_by_the_vectors()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Field(40)));
        await FillAsync(host, Shape.Clusters, 40, 0, Points);
        await host.WaitForIndexingAsync();
        float[] far = [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? 900f : -300)];
        Assert.Null(Explain(host, far).Codes);
        Assert.True(Recall(host, far) >= 0.9);
    }

    [Fact]
    public async Task Codes_that_the_data_have_moved_away_from_are_not_looked_at_until_new_ones_are_there()
    {
        using TempFolder folder = new();
        PartitionSchema schema = PartitionHost.SchemaOf(Field(40));
        await using (PartitionHost host = new(folder.Path, schema))
        {
            await FillAsync(host, Shape.Clusters, 40, 0, Points);
            await host.WaitForIndexingAsync();
            Assert.Equal(QuantizerKind.Int8, Explain(host, Next(Shape.Clusters, 40, new Random(3))).Codes);

            // A twentieth of the size: to the old codes all of them are the same.
            await FillAsync(host, Shape.Clusters, 40, Points, Points, scale: 1e-3f);
            await host.WaitForIndexingAsync();
            float[][] queries = [.. Enumerable.Range(0, Queries).Select(i => Scaled(Next(Shape.Clusters, 40, new Random(i)), 1e-3f))];
            long until = Environment.TickCount64 + 20_000;
            while (queries.Average(query => Recall(host, query)) < 0.97 && Environment.TickCount64 < until)
            {
                await Task.Delay(20);
            }

            Assert.InRange(queries.Average(query => Recall(host, query)), 0.97, 1);
        }

        await using PartitionHost reopened = new(folder.Path, schema);
        Assert.Equal(0, reopened.Partition.Recovery.Replayed);
        Assert.InRange(Recall(reopened, Next(Shape.Clusters, 40, new Random(1))), 0.9, 1);
    }

    [Fact]
    public async Task A_graph_from_before_there_were_default_codes_serves_and_is_succeeded_by_one_with_codes()
    {
        using TempFolder folder = new();
        await using (PartitionHost old = new(folder.Path, PartitionHost.SchemaOf(Field(40) with { Quantization = null })))
        {
            await FillAsync(old, Shape.Clusters, 40, 0, Points);
            await old.WaitForIndexingAsync();
        }

        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Field(40)));
        Random random = new(17);
        long until = Environment.TickCount64 + 20_000;
        while (Explain(host, Next(Shape.Clusters, 40, random)).Codes is null && Environment.TickCount64 < until)
        {
            Assert.InRange(Recall(host, Next(Shape.Clusters, 40, random)), 0.8, 1);
            await Task.Delay(5);
        }

        Assert.Equal(QuantizerKind.Int8, Explain(host, Next(Shape.Clusters, 40, random)).Codes);
    }

    private static VectorFieldSchema Field(int dim)
        => PartitionHost.Field(0, "", dim: dim, m: 16, graphFromBytes: 1500L * dim * sizeof(float)) with
        {
            EfConstruction = 100,
            Quantization = new QuantizationSchema(dim < 128 ? QuantizerKind.Int8 : QuantizerKind.Int4) { IsDefault = true, TargetRecall = 0.998f },
        };

    private static Task<Writing.OperationOutcome> FillAsync(PartitionHost host, Shape shape, int dim, int from, int count, float scale = 1)
    {
        Random random = new(7 + from);
        return host.WriteAsync(new UpsertPoints([.. Enumerable.Range(from, count).Select(id =>
            new PointInput(PointId.FromNumber((ulong)id), [new NamedVector("", Scaled(Next(shape, dim, random), scale))], PartitionHost.Payload("{}")))]));
    }

    private static float[] Scaled(float[] vector, float scale) => [.. vector.Select(component => component * scale)];

    private static float[] Next(Shape shape, int dim, Random random)
    {
        switch (shape)
        {
            case Shape.AllEqual:
                return [.. Enumerable.Repeat(0.7f, dim)];
            case Shape.Duplicates:
                random = new Random(random.Next(40));
                break;
        }

        int cluster = random.Next(20);
        return [.. Enumerable.Range(0, dim).Select(i =>
        {
            float clustered = (MathF.Sin((cluster * 31) + i) * 2) + Gaussian(random);
            return shape switch
            {
                Shape.UnequalScales => i == 0 ? 1e6f * (cluster % 10) : clustered,
                Shape.Tiny => 1e-18f * clustered,
                Shape.FarFromTheOrigin => 1000 + (0.01f * clustered),
                Shape.HeavyTails => MathF.Tan(MathF.PI * (random.NextSingle() - 0.5f)),
                _ => clustered,
            };
        })];
    }

    private static float Gaussian(Random random)
        => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static SearchExplanation Explain(PartitionHost host, float[] query)
        => host.Partition.Search(new SearchRequest { Vector = query, Limit = 10, Explain = true }, CancellationToken.None).Explanations[0];

    /// <summary>The share of ten results that are not farther than the tenth nearest.</summary>
    private static double Recall(PartitionHost host, float[] query)
    {
        SearchRequest request = new() { Vector = query, Limit = 10, HnswEf = 128 };
        SearchAnswer found = host.Partition.Search(request, CancellationToken.None);
        SearchAnswer exact = host.Partition.Search(request with { Exact = true }, CancellationToken.None);
        return found.Count(hit => hit.Distance <= exact[9].Distance) / 10.0;
    }
}
