using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests;

/// <summary>Random operations against a dictionary, with reopenings in between: the database and the model agree.</summary>
public sealed class DatabaseModelTests
{
    private const int Dim = 12;
    private const int Ids = 400;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public async Task Ten_thousand_random_operations_with_reopenings_agree_with_a_dictionary(int seed, int partitions)
    {
        using TempFolder folder = new();
        Random random = new(seed);
        Dictionary<PointId, ModelPoint> model = [];
        VectorDatabase database = await OpenAsync(folder.Path);
        try
        {
            await database.CreateCollectionAsync("c", Schema(partitions));
            for (int step = 1; step <= 10_000; step++)
            {
                PointOperation operation = Operations.Random(random, Ids, Dim);
                await Operations.ApplyAsync(database.GetCollection("c"), model, operation);
                if (step % 500 == 0)
                {
                    await Agreement.CheckAsync(database.GetCollection("c"), model, random, $"seed {seed}, step {step}");
                }

                if (step % 2_500 == 0)
                {
                    await database.DisposeAsync();
                    database = await OpenAsync(folder.Path);
                    await Agreement.CheckAsync(database.GetCollection("c"), model, random, $"seed {seed}, step {step}, reopened");
                }
            }
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Eight_concurrent_clients_agree_with_their_dictionaries()
    {
        const int Clients = 8;
        using TempFolder folder = new();
        Dictionary<PointId, ModelPoint> whole = [];
        VectorDatabase database = await OpenAsync(folder.Path);
        try
        {
            await database.CreateCollectionAsync("c", Schema(partitions: 2));
            for (int round = 0; round < 3; round++)
            {
                Collection collection = database.GetCollection("c");
                Dictionary<PointId, ModelPoint>[] models = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
                {
                    Random random = new((round * 100) + client);
                    Dictionary<PointId, ModelPoint> mine = whole.Where(point => point.Key.Number % Clients == (ulong)client).ToDictionary();
                    for (int step = 0; step < 420; step++)
                    {
                        await Operations.ApplyAsync(collection, mine, Operations.Random(random, Ids, Dim, client, Clients));
                    }

                    return mine;
                })));
                whole = models.SelectMany(model => model).ToDictionary();
                await Agreement.CheckAsync(collection, whole, new Random(round), $"round {round}");
                await database.DisposeAsync();
                database = await OpenAsync(folder.Path);
                await Agreement.CheckAsync(database.GetCollection("c"), whole, new Random(round), $"round {round}, reopened");
            }
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private static Task<VectorDatabase> OpenAsync(string folder)
        => VectorDatabase.OpenAsync(new DatabaseOptions
        {
            Folder = folder,
            Partitions = new PartitionOptions
            {
                Durability = Storage.Log.Durability.Os,
                PointsMax = 1 << 16,
                CheckpointLogBytes = 100_000,
            },
        });

    // A graph from the first kilobytes on, so that walks, removals and checkpoints of graphs take part.
    private static CollectionSchema Schema(int partitions) => new()
    {
        Vectors = new Dictionary<string, VectorSchema>
        {
            [""] = new(Dim, DistanceMetric.Euclidean),
            ["second"] = new(Dim, DistanceMetric.Dot),
        },
        PartitionCount = partitions,
        IndexingThresholdKb = 1,
        Hnsw = new HnswSettings(M: 8, EfConstruct: 64, FullScanThresholdKb: 10),
    };
}
