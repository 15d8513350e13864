using System.Text;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Storage.Documents;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Tests.Administration;

public sealed class StoredSchemaTests
{
    /// <summary>A document as the first version of the program wrote it.</summary>
    private const string FirstFormat = """
        {"name":"old","schema":{"vectors":{"":{"size":4,"metric":"Euclidean","on_disk":true}},"partition_count":1,
         "hnsw":{"m":8},"indexing_threshold_kb":10000,"payload_indexes":{"b":{"type":"Keyword"},"a":{"type":"Integer"},"t":{"type":"Text"}},
         "echoed_settings":{}},"vector_numbers":{"":0},"next_vector_number":1}
        """;

    [Fact]
    public async Task A_schema_of_the_first_format_opens_changes_and_opens_again()
    {
        using TempFolder folder = new();
        Store(folder, FirstFormat);
        await using (VectorDatabase database = await TestDatabase.OpenAsync(folder))
        {
            Collection collection = database.GetCollection("old");
            Assert.Null(collection.Schema.Vectors[""].Quantization);
            Assert.True(collection.Schema.Vectors[""].OnDisk);
            await collection.WriteAsync(new UpsertPoints([TestDatabase.Point(1), TestDatabase.Point(2)]));
            await collection.ChangeSchemaAsync(schema => schema with { Quantization = new QuantizationSettings(QuantizationMethod.Scalar) { Quantile = 0.9f } });
        }

        await using VectorDatabase again = await TestDatabase.OpenAsync(folder);
        Collection reopened = again.GetCollection("old");
        Assert.Equal(0.9f, reopened.Schema.Quantization!.Quantile);
        Assert.Equal(3, reopened.Schema.PayloadIndexes.Count);
        Assert.Single(await reopened.SearchAsync(new SearchRequest { Vector = TestDatabase.Vector(2), Limit = 1 }));
    }

    [Fact]
    public async Task Every_setting_of_a_schema_is_there_after_a_reopening()
    {
        using TempFolder folder = new();
        CollectionSchema schema = TestDatabase.Schema() with
        {
            Vectors = new Dictionary<string, VectorSchema>
            {
                ["a"] = new(4, DistanceMetric.Cosine, new HnswSettings(M: 7), OnDisk: false)
                {
                    Memory = MemoryPlacement.Cached,
                    Index = VectorIndexKind.Ivf,
                    Ivf = new IvfSettings(9, 3),
                    Quantization = new QuantizationSettings(QuantizationMethod.Turbo) { Bits = TurboBits.OneAndHalf, Memory = MemoryPlacement.Pinned },
                },
                ["b"] = new(4, DistanceMetric.Manhattan)
                {
                    Index = VectorIndexKind.Flat,
                    Quantization = new QuantizationSettings(QuantizationMethod.Binary)
                    {
                        Encoding = BinaryEncoding.TwoBits,
                        QueryEncoding = BinaryQueryEncoding.Scalar4Bits,
                        AlwaysRam = true,
                    },
                },
            },
            Quantization = new QuantizationSettings(QuantizationMethod.Product) { Compression = 64 },
        };
        await using (VectorDatabase database = await TestDatabase.OpenAsync(folder))
        {
            await database.CreateCollectionAsync("c", schema);
        }

        await using VectorDatabase again = await TestDatabase.OpenAsync(folder);
        CollectionSchema reopened = again.GetCollection("c").Schema;
        Assert.Equal(schema.Quantization, reopened.Quantization);
        Assert.Equal(schema.Vectors["a"], reopened.Vectors["a"]);
        Assert.Equal(schema.Vectors["b"], reopened.Vectors["b"]);
    }

    /// <summary>Describes a collection that has an empty log, as every collection that was created has.</summary>
    private static void Store(TempFolder folder, string json)
    {
        LocalLog.Open(
            Path.Combine(folder.Path, "collections", "0123456789abcdef0123456789abcdef", "partition-0", "log"), new LocalLogOptions()).Dispose();
        string control = Path.Combine(folder.Path, "control");
        Directory.CreateDirectory(control);
        new VersionedFileStore(control).WriteIfVersion("collection-0123456789abcdef0123456789abcdef", Encoding.UTF8.GetBytes(json), 0);
    }
}
