using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Schemas;

public sealed class CollectionEndpointTests(RunningServer server) : IClassFixture<RunningServer>
{
    private HttpClient Http => server.Http;

    [Fact]
    public async Task A_collection_is_created_described_listed_and_deleted()
    {
        Assert.True((await Http.ResultAsync("PUT", "/collections/life", """{"vectors":{"size":4,"distance":"Cosine"}}""")).GetBoolean());
        JsonElement info = await Http.ResultAsync("GET", "/collections/life");
        Assert.Equal("green", info.GetProperty("status").GetString());
        Assert.Equal("ok", info.GetProperty("optimizer_status").GetString());
        Assert.Equal(0, info.GetProperty("points_count").GetInt64());
        JsonElement config = info.GetProperty("config");
        Assert.Equal("""{"size":4,"distance":"Cosine"}""", config.GetProperty("params").GetProperty("vectors").GetRawText());
        Assert.Equal(1, config.GetProperty("params").GetProperty("shard_number").GetInt32());
        Assert.True(config.GetProperty("params").GetProperty("on_disk_payload").GetBoolean());
        Assert.Equal(16, config.GetProperty("hnsw_config").GetProperty("m").GetInt32());
        Assert.Equal(100, config.GetProperty("hnsw_config").GetProperty("ef_construct").GetInt32());
        Assert.Equal(10_000, config.GetProperty("optimizer_config").GetProperty("indexing_threshold").GetInt32());
        Assert.Equal(32, config.GetProperty("wal_config").GetProperty("wal_capacity_mb").GetInt32());
        Assert.Equal(JsonValueKind.Null, config.GetProperty("quantization_config").ValueKind);
        Assert.Empty(info.GetProperty("payload_schema").EnumerateObject());

        JsonElement list = (await Http.ResultAsync("GET", "/collections")).GetProperty("collections");
        Assert.Contains(list.EnumerateArray(), one => one.GetProperty("name").GetString() == "life");
        Assert.True((await Http.ResultAsync("GET", "/collections/life/exists")).GetProperty("exists").GetBoolean());
        Assert.True((await Http.ResultAsync("DELETE", "/collections/life")).GetBoolean());
        Assert.False((await Http.ResultAsync("DELETE", "/collections/life")).GetBoolean());
        Assert.False((await Http.ResultAsync("GET", "/collections/life/exists")).GetProperty("exists").GetBoolean());
        Assert.Equal("Not found: Collection `life` doesn't exist!", await Http.ErrorAsync(404, "GET", "/collections/life"));
    }

    [Fact]
    public async Task What_tunes_is_repeated_and_what_is_changed_is_merged()
    {
        await Http.ResultAsync("PUT", "/collections/tuned", """
            {"vectors":{"image":{"size":3,"distance":"Dot","on_disk":true,"memory":"cold"},"text":{"size":5,"distance":"Manhattan"}},
             "shard_number":3,"replication_factor":2,"on_disk_payload":false,"hnsw_config":{"m":8,"memory":"pinned"},
             "optimizers_config":{"indexing_threshold":0,"max_optimization_threads":"auto"},"wal_config":{"wal_capacity_mb":1},
             "metadata":{"a":1,"b":"é"}}
            """);
        await Http.ResultAsync("PATCH", "/collections/tuned", """
            {"vectors":{"image":{"hnsw_config":{"m":32}}},"hnsw_config":{"ef_construct":123},"params":{"replication_factor":1},
             "optimizers_config":{"deleted_threshold":0.5},"quantization_config":"Disabled","metadata":{"a":null,"c":[1]}}
            """);
        JsonElement config = (await Http.ResultAsync("GET", "/collections/tuned")).GetProperty("config");
        JsonElement parameters = config.GetProperty("params");
        Assert.Equal(
            """{"size":3,"distance":"Dot","hnsw_config":{"m":32},"on_disk":true,"memory":"cold"}""",
            parameters.GetProperty("vectors").GetProperty("image").GetRawText());
        Assert.Equal(3, parameters.GetProperty("shard_number").GetInt32());
        Assert.Equal(1, parameters.GetProperty("replication_factor").GetInt32());
        Assert.False(parameters.GetProperty("on_disk_payload").GetBoolean());
        Assert.Equal(8, config.GetProperty("hnsw_config").GetProperty("m").GetInt32());
        Assert.Equal(123, config.GetProperty("hnsw_config").GetProperty("ef_construct").GetInt32());
        Assert.Equal("pinned", config.GetProperty("hnsw_config").GetProperty("memory").GetString());
        Assert.Equal(0, config.GetProperty("optimizer_config").GetProperty("indexing_threshold").GetInt32());
        Assert.Equal(0.5, config.GetProperty("optimizer_config").GetProperty("deleted_threshold").GetDouble());
        Assert.Equal(1, config.GetProperty("wal_config").GetProperty("wal_capacity_mb").GetInt32());
        Assert.Equal("""{"b":"é","c":[1]}""", config.GetProperty("metadata").GetRawText());
        Assert.Equal(
            "Wrong input: Not existing vector name error: sound",
            await Http.ErrorAsync(400, "PATCH", "/collections/tuned", """{"vectors":{"sound":{"on_disk":true}}}"""));
    }

    [Theory]
    [InlineData("""{"vectors":{"size":65537,"distance":"Dot"}}""", 422, "Validation error in JSON body: [vectors.size: value 65537 invalid, must be from 1 to 65536]")]
    [InlineData("""{"vectors":{"size":0,"distance":"Dot"}}""", 422, "[vectors.size: value 0 invalid, must be from 1 to 65536]")]
    [InlineData("""{"vectors":{"size":-1,"distance":"Dot"}}""", 400, "vectors.size: value -1 invalid, must be from 1 to 65536")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"hnsw_config":{"ef_construct":3}}""", 422, "hnsw_config.ef_construct: value 3 invalid, must be from 4")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"hnsw_config":{"m":1}}""", 422, "hnsw_config.m: value 1 invalid")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"shard_number":0}""", 422, "shard_number: value 0 invalid, must be from 1 to 64")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"shard_number":-1}""", 400, "shard_number")]
    [InlineData("""{"vectors":{"size":4,"distance":"Chebyshev"}}""", 400, "vectors.distance: expected one of Cosine, Euclid, Dot, Manhattan")]
    [InlineData("""{"vectors":{"size":4}}""", 400, "vectors: missing field `distance`")]
    [InlineData("""{"vectors":{"a":{"distance":"Dot"}}}""", 400, "vectors.a: missing field `size`")]
    [InlineData("""{"vectors":4}""", 400, "vectors: expected an object, found the number 4")]
    [InlineData("""{"vecs":{}}""", 400, "Format error in JSON body: vecs: unknown field")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","fast":true}}""", 400, "vectors.fast: unknown field")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot"},"vectors":{}}""", 400, "`vectors`, is given twice")]
    [InlineData("""{"sparse_vectors":{"s":{}}}""", 400, "Bad request: sparse vectors are not supported by this version")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","datatype":"turbo4"}}""", 400, "vectors.datatype: expected one of float32, float16, uint8")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","datatype":"int8"}}""", 400, "vectors.datatype: expected one of float32, float16, uint8")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","multivector_config":{"comparator":"mean"}}}""", 400, "vectors.multivector_config.comparator: expected one of max_sim")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","multivector_config":{}}}""", 400, "vectors.multivector_config: missing field `comparator`")]
    [InlineData("""{"vectors":{"size":65536,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}""", 422, "vectors: value 1048576 components")]
    [InlineData("""{"quantization_config":{"scalar":{"type":"int2"}}}""", 400, "quantization_config.scalar.type: expected one of int8, int4, bfloat16, found")]
    [InlineData("""{"quantization_config":{"scalar":{}}}""", 400, "quantization_config.scalar: missing field `type`")]
    [InlineData("""{"quantization_config":{"scalar":{"type":"int8","quantile":0.4}}}""", 422, "quantization_config.scalar.quantile: value 0.4 invalid, must be from 0.5 to 1")]
    [InlineData("""{"quantization_config":{"binary":{"target_recall":0.49}}}""", 422, "quantization_config.binary.target_recall: value 0.49 invalid, must be from 0.5 to 1")]
    [InlineData("""{"quantization_config":{"product":{"compression":"x5"}}}""", 400, "quantization_config.product.compression: expected one of x4, x8, x16, x32, x64")]
    [InlineData("""{"quantization_config":{"product":{}}}""", 400, "missing field `compression`")]
    [InlineData("""{"quantization_config":{"turbo":{"bits":3}}}""", 422, "quantization_config.turbo.bits: value 3 invalid, must be 1, 1.5, 2 or 4")]
    [InlineData("""{"quantization_config":{"binary":{},"turbo":{}}}""", 400, "there can be one of scalar, product, binary and turbo")]
    [InlineData("""{"quantization_config":{}}""", 400, "quantization_config: missing field `scalar`")]
    [InlineData("""{"quantization_config":"Off"}""", 400, "quantization_config: expected one of Disabled, found the string \"Off\"")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","index":"tree"}}""", 400, "vectors.index: expected one of hnsw, flat, ivf")]
    [InlineData("""{"vectors":{"size":4,"distance":"Dot","ivf_config":{"lists":1048577}}}""", 422, "vectors.ivf_config.lists: value 1048577 invalid, must be from 0 to 1048576")]
    [InlineData("""{"strict_mode_config":{"enabled":true}}""", 400, "Bad request: strict mode")]
    [InlineData("""{"sharding_method":"custom"}""", 400, "Bad request: shards chosen by key")]
    [InlineData("""{"metadata":[1]}""", 400, "metadata: expected an object, found an array")]
    [InlineData("""{"metadata":{"a":1,"a":2}}""", 400, "metadata: ")]
    public async Task A_body_that_cannot_be_used_is_refused_by_name_and_nothing_is_created(string body, int status, string expected)
    {
        Assert.Contains(expected, await Http.ErrorAsync(status, "PUT", "/collections/refused", body), StringComparison.Ordinal);
        Assert.False((await Http.ResultAsync("GET", "/collections/refused/exists")).GetProperty("exists").GetBoolean());
    }

    [Theory]
    [InlineData("a%2Fb", "must not contain /")]
    [InlineData("a%5Cb", "must not contain \\")]
    [InlineData("%20", "must not be blank")]
    [InlineData("a%00b", "must not contain control characters")]
    [InlineData("a%0Ab", "must not contain control characters")]
    [InlineData("a:b", "must not contain :")]
    public async Task A_name_that_file_systems_or_addresses_give_a_meaning_is_refused(string name, string expected)
    {
        // Some of these never get past the web server: what counts is a refusal.
        (System.Net.HttpStatusCode status, JsonElement answer) = await SendAsync(name);
        Assert.True((int)status is 400 or 422, $"{(int)status} {answer}");
        if ((int)status == 422)
            Assert.Contains(expected, answer.GetProperty("status").GetProperty("error").GetString(), StringComparison.Ordinal);
        await Http.ErrorAsync(422, "PUT", "/collections/" + new string('x', 256), "{}");

        async Task<(System.Net.HttpStatusCode, JsonElement)> SendAsync(string encoded)
        {
            var uri = new Uri(Http.BaseAddress + "collections/" + encoded, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            using HttpResponseMessage response = await Http.PutAsync(uri, new StringContent("{}"));
            string text = await response.Content.ReadAsStringAsync();
            return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
    }

    [Fact]
    public async Task A_second_creation_is_a_conflict()
    {
        await Http.ResultAsync("PUT", "/collections/once", "{}");
        Assert.Equal(
            "Wrong input: Collection `once` already exists!", await Http.ErrorAsync(409, "PUT", "/collections/once", "{}"));
    }

    [Fact]
    public async Task Aliases_change_together_and_name_their_collection()
    {
        await Http.ResultAsync("PUT", "/collections/aliased", """{"vectors":{"size":4,"distance":"Dot"}}""");
        await Http.ResultAsync("POST", "/collections/aliases", """
            {"actions":[{"create_alias":{"collection_name":"aliased","alias_name":"first"}},
                        {"rename_alias":{"old_alias_name":"first","new_alias_name":"second"}}]}
            """);
        Assert.Equal(
            """{"aliases":[{"alias_name":"second","collection_name":"aliased"}]}""",
            (await Http.ResultAsync("GET", "/collections/second/aliases")).GetRawText());
        Assert.Contains("second", (await Http.ResultAsync("GET", "/aliases")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(4, (await Http.ResultAsync("GET", "/collections/second"))
            .GetProperty("config").GetProperty("params").GetProperty("vectors").GetProperty("size").GetInt32());
        await Http.ResultAsync("POST", "/collections/aliases", """{"actions":[{"delete_alias":{"alias_name":"second"}}]}""");
        await Http.ErrorAsync(404, "GET", "/collections/second");
        await Http.ErrorAsync(
            404, "POST", "/collections/aliases", """{"actions":[{"create_alias":{"collection_name":"none","alias_name":"x"}}]}""");
        await Http.ErrorAsync(404, "POST", "/collections/aliases", """{"actions":[{"delete_alias":{"alias_name":"second"}}]}""");
        Assert.Contains("actions[0].make_alias: unknown field", await Http.ErrorAsync(
            400, "POST", "/collections/aliases", """{"actions":[{"make_alias":{}}]}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payload_indexes_and_vector_names_come_and_go()
    {
        await Http.ResultAsync("PUT", "/collections/schema", """{"vectors":{"a":{"size":4,"distance":"Dot"}}}""");
        JsonElement update = await Http.ResultAsync(
            "PUT", "/collections/schema/index?wait=true", """{"field_name":"city","field_schema":"keyword"}""");
        Assert.Equal("completed", update.GetProperty("status").GetString());
        await Http.ResultAsync("PUT", "/collections/schema/index", """
            {"field_name":"a.n","field_schema":{"range":true,"lookup":false,"type":"integer"}}
            """);
        JsonElement fields = (await Http.ResultAsync("GET", "/collections/schema")).GetProperty("payload_schema");
        Assert.Equal("""{"data_type":"keyword","points":0}""", fields.GetProperty("city").GetRawText());
        Assert.Equal("integer", fields.GetProperty("a.n").GetProperty("params").GetProperty("type").GetString());
        await Http.ResultAsync("DELETE", "/collections/schema/index/city?wait=true");
        fields = (await Http.ResultAsync("GET", "/collections/schema")).GetProperty("payload_schema");
        Assert.False(fields.TryGetProperty("city", out _));
        Assert.Contains("field_schema.is_tenant: unknown field", await Http.ErrorAsync(
            400, "PUT", "/collections/schema/index", """{"field_name":"x","field_schema":{"type":"bool","is_tenant":true}}"""), StringComparison.Ordinal);

        await Http.ResultAsync("PUT", "/collections/schema/vectors/b", """{"dense":{"size":2,"distance":"Euclid"}}""");
        JsonElement vectors = (await Http.ResultAsync("GET", "/collections/schema"))
            .GetProperty("config").GetProperty("params").GetProperty("vectors");
        Assert.Equal(2, vectors.GetProperty("b").GetProperty("size").GetInt32());
        await Http.ErrorAsync(400, "PUT", "/collections/schema/vectors/b", """{"dense":{"size":3,"distance":"Euclid"}}""");
        await Http.ResultAsync("DELETE", "/collections/schema/vectors/b");
        Assert.Equal(
            "Wrong input: Not existing vector name error: b",
            await Http.ErrorAsync(400, "DELETE", "/collections/schema/vectors/b"));
    }
}
