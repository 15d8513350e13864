using OrleansVectors.Api.Json;
using OrleansVectors.Api.Json.Points;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Tests.Points;

/// <summary>A valid body for every kind of request about points, over one schema, as the start of mutations.</summary>
internal static class SampleBodies
{
    public delegate void BodyReader(ref JsonCursor cursor, VectorJsonReader vectors, CollectionSchema schema);

    public static CollectionSchema Schema { get; } = new()
    {
        Vectors = new Dictionary<string, VectorSchema>
        {
            [""] = new(3, DistanceMetric.Cosine),
            ["image"] = new(2, DistanceMetric.Euclidean),
        },
        PayloadIndexes = new Dictionary<string, PayloadIndexSettings>
        {
            ["n"] = new(PayloadIndexType.Integer),
            ["at"] = new(PayloadIndexType.DateTime),
            ["color"] = new(PayloadIndexType.Keyword),
        },
    };

    public static IReadOnlyDictionary<string, (string Json, BodyReader Read)> All { get; } = new Dictionary<string, (string, BodyReader)>
    {
        ["upsert points"] = (
            """{"points":[{"id":1,"vector":[0.1,-2e-3,3],"payload":{"a":1,"b":["x",{"c":null}]}},{"id":"c3b0a1f4-0d3c-4b77-8d0b-4f1c1d2e3f40","vector":{"":[1,2,3],"image":[4,5]},"payload":null}],"shard_key":null,"update_mode":"insert_only","update_filter":{"must":[{"key":"n","match":{"value":3}}]}}""",
            static (ref c, v, s) => UpsertJsonReader.Read(ref c, v)),
        ["upsert batch"] = (
            """{"batch":{"ids":[1,2],"vectors":[[1,2,3],[4,5,6]],"payloads":[{"a":1},null]}}""",
            static (ref c, v, s) => UpsertJsonReader.Read(ref c, v)),
        ["upsert named batch"] = (
            """{"batch":{"vectors":{"":[[1,2,3],[4,5,6]],"image":[[1,2],[3,4]]},"ids":[1,2]}}""",
            static (ref c, v, s) => UpsertJsonReader.Read(ref c, v)),
        ["delete ids"] = ("""{"points":[1,2,3]}""", static (ref c, v, s) => UpdateJsonReader.ReadDelete(ref c)),
        ["delete filter"] = ("""{"filter":{"must_not":[{"has_id":[5]}]}}""", static (ref c, v, s) => UpdateJsonReader.ReadDelete(ref c)),
        ["update vectors"] = (
            """{"points":[{"id":7,"vector":{"image":[1,2]}},{"id":8,"vector":[1,2,3]}],"update_filter":null}""",
            static (ref c, v, s) => UpdateJsonReader.ReadUpdateVectors(ref c, v)),
        ["delete vectors"] = ("""{"vector":["image"],"points":[7]}""", static (ref c, v, s) => UpdateJsonReader.ReadDeleteVectors(ref c)),
        ["set payload"] = ("""{"payload":{"x":{"y":1.5}},"points":[1],"key":"nested.key"}""", static (ref c, v, s) => UpdateJsonReader.ReadSetPayload(ref c)),
        ["overwrite payload"] = ("""{"payload":{},"filter":{}}""", static (ref c, v, s) => UpdateJsonReader.ReadOverwritePayload(ref c)),
        ["delete payload"] = ("""{"keys":["a","b.c"],"points":[1]}""", static (ref c, v, s) => UpdateJsonReader.ReadDeletePayload(ref c)),
        ["clear payload"] = ("""{"points":[1]}""", static (ref c, v, s) => UpdateJsonReader.ReadClearPayload(ref c)),
        ["batch"] = (
            """{"operations":[{"upsert":{"points":[{"id":1,"vector":[1,2,3]}]}},{"delete":{"points":[2]}},{"set_payload":{"payload":{"a":1},"points":[1]}},{"overwrite_payload":{"payload":{"a":1},"points":[1]}},{"delete_payload":{"keys":["a"],"points":[1]}},{"clear_payload":{"points":[1]}},{"update_vectors":{"points":[{"id":1,"vector":{"image":[1,2]}}]}},{"delete_vectors":{"vector":["image"],"filter":{}}}]}""",
            static (ref c, v, s) => OperationListJsonReader.Read(ref c, v)),
        ["retrieve"] = ("""{"ids":[1,"c3b0a1f40d3c4b778d0b4f1c1d2e3f40"],"with_payload":{"include":["a"]},"with_vector":["image"]}""", static (ref c, v, s) => RetrieveJsonReader.Read(ref c)),
        ["scroll"] = ("""{"filter":{"should":[]},"limit":5,"offset":3,"with_payload":["a"],"with_vector":true,"shard_key":null}""", static (ref c, v, s) => ScrollJsonReader.Read(ref c, s)),
        ["ordered scroll"] = ("""{"limit":5,"order_by":{"key":"n","direction":"desc","start_from":17}}""", static (ref c, v, s) => ScrollJsonReader.Read(ref c, s)),
        ["scroll by time"] = ("""{"order_by":{"key":"at","start_from":"2024-01-02T03:04:05Z"}}""", static (ref c, v, s) => ScrollJsonReader.Read(ref c, s)),
        ["count"] = ("""{"filter":null,"exact":true}""", static (ref c, v, s) => CountJsonReader.Read(ref c)),
        ["facet"] = ("""{"key":"color","limit":7,"filter":{},"exact":false}""", static (ref c, v, s) => FacetJsonReader.Read(ref c, s)),
        ["query vector"] = (
            """{"query":[1,2,3],"using":null,"filter":{},"params":{"hnsw_ef":64,"exact":false,"indexed_only":false,"quantization":{"ignore":false,"rescore":true,"oversampling":2.0},"acorn":{"enable":true,"max_selectivity":0.4}},"score_threshold":0.5,"limit":3,"offset":1,"with_payload":true,"with_vector":false,"lookup_from":null,"prefetch":null,"shard_key":null}""",
            static (ref c, v, s) => QueryJsonReader.Read(ref c, s)),
        ["query id"] = ("""{"query":{"nearest":5,"mmr":null},"using":"image","lookup_from":{"collection":"other","vector":"v"}}""", static (ref c, v, s) => QueryJsonReader.Read(ref c, s)),
        ["query order"] = ("""{"query":{"order_by":"n"}}""", static (ref c, v, s) => QueryJsonReader.Read(ref c, s)),
        ["query batch"] = ("""{"searches":[{"query":[1,2,3]},{"limit":2}]}""", static (ref c, v, s) => QueryJsonReader.ReadBatch(ref c, s)),
        ["search"] = ("""{"vector":{"name":"image","vector":[1,2]},"limit":3,"with_vector":["image"]}""", static (ref c, v, s) => QueryJsonReader.ReadSearch(ref c)),
        ["search batch"] = ("""{"searches":[{"vector":[1,2,3],"limit":3}]}""", static (ref c, v, s) => QueryJsonReader.ReadSearchBatch(ref c, s)),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => All.Keys.Select(name => new TheoryDataRow<string>(name));

    /// <summary>Reads a body as an endpoint does; what is wrong comes out as an exception.</summary>
    public static Exception? Read(BodyReader read, ReadOnlySpan<byte> body)
    {
        using var arena = new FloatArena();
        try
        {
            var cursor = new JsonCursor(body);
            read(ref cursor, new VectorJsonReader(Schema, arena), Schema);
            cursor.EndDocument();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
