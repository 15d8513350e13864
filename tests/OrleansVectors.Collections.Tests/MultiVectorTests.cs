using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests;

public sealed class MultiVectorTests
{
    private const int Dim = 5;

    [Theory]
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.Dot)]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Manhattan)]
    public async Task Random_writes_and_reopenings_leave_what_a_dictionary_has(DistanceMetric metric)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        using TempFolder folder = new();
        Dictionary<ulong, float[][]> model = [];
        for (int opening = 0; opening < 4; opening++)
        {
            await using VectorDatabase database = await TestDatabase.OpenAsync(folder, checkpointLogBytes: 4_000);
            if (opening == 0)
            {
                await database.CreateCollectionAsync("c", new CollectionSchema
                {
                    Vectors = new Dictionary<string, VectorSchema>
                    {
                        ["m"] = new(Dim, metric) { IsMultiVector = true },
                        ["d"] = new(2, DistanceMetric.Dot),
                    },
                    PartitionCount = 2,
                });
            }

            Collection collection = database.GetCollection("c");
            await CheckAsync(collection, model, metric, random, $"seed {seed}, opening {opening}");
            for (int write = 0; write < 40; write++)
            {
                await WriteAsync(collection, model, random);
            }

            await CheckAsync(collection, model, metric, random, $"seed {seed}, before closing {opening}");
        }
    }

    private static async Task WriteAsync(Collection collection, Dictionary<ulong, float[][]> model, Random random)
    {
        ulong id = (ulong)random.Next(30);
        float[][] rows = Rows(random, random.Next(1, 40));
        NamedVector vector = new("m", rows.SelectMany(row => row).ToArray(), rows.Length);
        switch (random.Next(5))
        {
            case 0 when model.ContainsKey(id):
                await collection.WriteAsync(new DeletePoints(TestDatabase.Ids(id)));
                model.Remove(id);
                break;
            case 1 when model.ContainsKey(id):
                await collection.WriteAsync(new UpdateVectors([new PointVectors(PointId.FromNumber(id), [vector])]));
                model[id] = rows;
                break;
            case 2 when model.ContainsKey(id):
                await collection.WriteAsync(new UpdateVectors([new PointVectors(PointId.FromNumber(id), [new NamedVector("d", new float[2])])]));
                break;
            case 3 when model.ContainsKey(id):
                await collection.WriteAsync(new DeleteVectors(TestDatabase.Ids(id), ["m"]));
                model[id] = [];
                break;
            default:
                await collection.WriteAsync(new UpsertPoints([new PointInput(PointId.FromNumber(id), [vector], PayloadDocument.Empty)]));
                model[id] = rows;
                break;
        }
    }

    private static async Task CheckAsync(
        Collection collection, Dictionary<ulong, float[][]> model, DistanceMetric metric, Random random, string where)
    {
        float[][] query = Rows(random, 3);
        SearchAnswer found = await collection.SearchAsync(
            new SearchRequest { VectorName = "m", Vector = query.SelectMany(row => row).ToArray(), Limit = 10 });
        float[] expected = [.. model.Values.Where(rows => rows.Length > 0).Select(rows => Distance(query, rows, metric)).Order().Take(10)];
        Assert.True(expected.Length == found.Count, $"{where}: {found.Count} found, expected {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i].Distance) < 1e-3f * (1 + Math.Abs(expected[i])), $"{where}: rank {i} at {found[i].Distance}, expected {expected[i]}");
        }

        IReadOnlyList<PointRecord> stored = await collection.GetAsync(
            [.. model.Keys.Select(PointId.FromNumber)], new PointProjection(PayloadSelection.None, ["m"]));
        foreach ((ulong id, float[][] rows) in model)
        {
            NamedVector? vector = stored.Single(point => point.Id == PointId.FromNumber(id)).Vectors!.Cast<NamedVector?>().SingleOrDefault();
            Assert.True((vector?.Rows ?? 0) == rows.Length, $"{where}: point {id} has {vector?.Rows} rows, expected {rows.Length}");
            if (metric != DistanceMetric.Cosine)
            {
                Assert.Equal(rows.SelectMany(row => row), vector?.Values.ToArray() ?? []);
            }
        }
    }

    private static float Distance(float[][] query, float[][] rows, DistanceMetric metric)
        => query.Sum(wanted => rows.Min(row => metric switch
        {
            DistanceMetric.Euclidean => wanted.Zip(row, (a, b) => (a - b) * (a - b)).Sum(),
            DistanceMetric.Manhattan => wanted.Zip(row, (a, b) => Math.Abs(a - b)).Sum(),
            DistanceMetric.Dot => -Dot(wanted, row),
            _ => -Dot(wanted, row) / MathF.Sqrt(Dot(wanted, wanted) * Dot(row, row)),
        }));

    private static float Dot(float[] left, float[] right) => left.Zip(right, (a, b) => a * b).Sum();

    private static float[][] Rows(Random random, int count)
        => [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Dim).Select(_ => (random.NextSingle() * 2) - 1).ToArray())];
}
