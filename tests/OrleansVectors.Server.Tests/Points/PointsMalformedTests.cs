using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansVectors.Server.Tests.Points;

/// <summary>
/// What a careless or hostile client sends: refused with a 4xx that names the place, nothing stored, and the server goes
/// on. The finer points of each message are tested without a server, with the readers.
/// </summary>
public sealed class PointsMalformedTests(PointsServer server) : IClassFixture<PointsServer>
{
    private const string Valid = """{"points":[{"id":1,"vector":[0.1,2],"payload":{"k":[1,"x"]}},{"id":2,"vector":{"":[1,2]}}]}""";

    private static readonly string[] Replacements = ["null", "true", "\"x\"", "1e400", "-1", "[]", "{}"];

    [Fact]
    public async Task A_body_cut_at_any_byte_stores_nothing()
    {
        string c = await CreateAsync();
        byte[] body = Encoding.UTF8.GetBytes(Valid);
        for (int length = 0; length < body.Length; length++)
            await server.RefusedAsync("PUT", $"{c}/points?wait=true", body[..length]);
        Assert.Equal(0, await server.CountAsync(c));
        await server.OkAsync("PUT", $"{c}/points?wait=true", Valid);
        Assert.Equal(2, await server.CountAsync(c));
    }

    [Theory]
    [InlineData("PUT", "/points", Valid)]
    [InlineData("PUT", "/points", """{"batch":{"ids":[1,2],"vectors":[[1,2],[3,4]],"payloads":[{"a":1},null]},"update_mode":"upsert"}""")]
    [InlineData("POST", "/points/delete", """{"points":[1,2]}""")]
    [InlineData("PUT", "/points/vectors", """{"points":[{"id":1,"vector":[1,2]}]}""")]
    [InlineData("POST", "/points/vectors/delete", """{"vector":[""],"points":[7]}""")]
    [InlineData("POST", "/points/payload", """{"payload":{"a":1},"points":[7],"key":"k"}""")]
    [InlineData("PUT", "/points/payload", """{"payload":{"a":1},"filter":{"must":[{"has_id":[7]}]}}""")]
    [InlineData("POST", "/points/payload/delete", """{"keys":["a"],"points":[7]}""")]
    [InlineData("POST", "/points/payload/clear", """{"points":[7]}""")]
    [InlineData("POST", "/points/batch", """{"operations":[{"delete":{"points":[7]}},{"clear_payload":{"filter":{"must":[{"has_id":[7]}]}}}]}""")]
    [InlineData("POST", "/points", """{"ids":[1],"with_payload":["a"],"with_vector":true}""")]
    [InlineData("POST", "/points/scroll", """{"limit":3,"offset":1,"filter":{"must":[{"key":"a","match":{"value":1}}]},"with_payload":{"exclude":["a"]}}""")]
    [InlineData("POST", "/points/count", """{"exact":true,"filter":{"should":[{"key":"a","range":{"gt":1,"lte":2.5}}]}}""")]
    [InlineData("POST", "/facet", """{"key":"k","limit":2}""")]
    [InlineData("POST", "/points/query", """{"query":[1,2],"limit":3,"offset":0,"score_threshold":0.5,"params":{"hnsw_ef":16,"exact":false},"with_payload":true}""")]
    [InlineData("POST", "/points/query/batch", """{"searches":[{"query":{"nearest":[1,2]},"filter":{"must":[{"is_empty":{"key":"a"}}]}}]}""")]
    [InlineData("POST", "/points/search", """{"vector":[1,2],"limit":3}""")]
    public async Task A_wrong_value_anywhere_is_either_meaningful_or_refused(string method, string path, string json)
    {
        string c = await CreateAsync();
        await server.OkAsync("PUT", $"{c}/index?wait=true", """{"field_name":"k","field_schema":"keyword"}""");
        int count = CountValues(JsonNode.Parse(json));
        for (int index = 0; index < count; index++)
        {
            foreach (string replacement in Replacements)
            {
                (string body, string? field) = Replace(json, index, replacement);
                (HttpStatusCode status, string text) = await server.SendAsync(method, $"{c}{path}?wait=true", Encoding.UTF8.GetBytes(body));
                Assert.True((int)status is 200 or (>= 400 and < 500), $"{method} {path} {body}: {(int)status} {text}\n{server.Server.Output}");
                bool named = field is null || status == HttpStatusCode.NotFound;
                Assert.True(status == HttpStatusCode.OK || named || text.Contains(field!, StringComparison.Ordinal), $"`{field}` is not named for {body}: {text}");
            }
        }

        await server.OkAsync("POST", $"{c}/points/count", "{}");
    }

    [Theory]
    [InlineData("""{"points":[{"id":1,"vector":[1,NaN]}]}""", 400, "points[0].vector[1]")]
    [InlineData("""{"points":[{"id":1,"vector":[1,Infinity]}]}""", 400, "points[0].vector[1]")]
    [InlineData("""{"points":[{"id":1,"vector":[1,-Infinity]}]}""", 400, "points[0].vector[1]")]
    [InlineData("""{"points":[{"id":1,"vector":[1,1e39]}]}""", 422, "points[0].vector[1]: value 1e39 invalid, must be a finite 32-bit floating-point number")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2,3]}]}""", 400, "expected dim: 2, got 3 (at points[0].vector)")]
    [InlineData("""{"points":[{"id":1,"vector":[]}]}""", 422, "points[0].vector: value [] invalid, must not be empty")]
    [InlineData("""{"points":[{"id":1,"vector":{"nope":[1,2]}}]}""", 400, "Not existing vector name error: nope")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2],"nope":1}]}""", 400, "points[0].nope: unknown field")]
    [InlineData("""{"points":[{"id":7,"vector":[1,2]},{"id":7,"vector":[1,2]}]}""", 422, "points[1].id: value 7 invalid, must be unique within the batch (first at points[0])")]
    [InlineData("""{"points":[{"id":-3,"vector":[1,2]}]}""", 400, "points[0].id: expected a point id")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2],"payload":{"a":"\ud800"}}]}""", 400, "payload")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2]}]}x""", 400, "Format error in JSON body")]
    [InlineData("""/* c */{"points":[]}""", 400, "Format error in JSON body")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2],}]}""", 400, "Format error in JSON body")]
    public async Task A_bad_point_is_refused_by_its_place_and_nothing_is_stored(string json, int status, string text)
    {
        string c = await CreateAsync();
        (int actual, string message) = await server.RefusedAsync("PUT", $"{c}/points?wait=true", Encoding.UTF8.GetBytes(json));
        Assert.Contains(text, message, StringComparison.Ordinal);
        Assert.Equal(status, actual);
        Assert.Equal(0, await server.CountAsync(c));
    }

    [Fact]
    public async Task One_bad_point_among_a_thousand_refuses_the_batch()
    {
        string c = await CreateAsync();
        string points = string.Join(',', Enumerable.Range(0, 1000).Select(i => i == 777 ? """{"id":777,"vector":[1]}""" : $$"""{"id":{{i}},"vector":[1,2]}"""));
        (int status, string message) = await server.RefusedAsync("PUT", $"{c}/points?wait=true", Encoding.UTF8.GetBytes($$"""{"points":[{{points}}]}"""));
        Assert.Equal((400, "Wrong input: Vector dimension error: expected dim: 2, got 1 (at points[777].vector)"), (status, message));
        Assert.Equal(0, await server.CountAsync(c));
    }

    [Fact]
    public async Task A_payload_of_ten_megabytes_is_refused_by_its_limit()
    {
        string c = await CreateAsync();
        string text = new('x', 10 << 20);
        (int status, string message) = await server.RefusedAsync(
            "PUT", $"{c}/points?wait=true", Encoding.UTF8.GetBytes($$$"""{"points":[{"id":1,"vector":[1,2],"payload":{"a":"{{{text}}}"}}]}"""));
        Assert.Equal(422, status);
        Assert.Contains("points[0].payload", message, StringComparison.Ordinal);
        Assert.Contains("must be at most 8388608 (BytesMax)", message, StringComparison.Ordinal);
        Assert.Equal(0, await server.CountAsync(c));
    }

    [Theory]
    [InlineData("points")]
    [InlineData("vector")]
    [InlineData("payload")]
    [InlineData("filter")]
    public async Task Nesting_a_million_levels_deep_is_refused(string field)
    {
        string c = await CreateAsync();
        foreach (string level in (string[])["[", "{\"a\":", "{\"must\":[", "{\"must\":"])
        {
            string deep = string.Concat(Enumerable.Repeat(level, 1_000_000));
            (string path, string body) = field switch
            {
                "points" => ("/points", "{\"points\":" + deep),
                "filter" => ("/points/count", "{\"filter\":" + deep),
                _ => ("/points", $$"""{"points":[{"id":1,"{{field}}":{{deep}}"""),
            };
            string method = field == "filter" ? "POST" : "PUT";
            (_, string message) = await server.RefusedAsync(method, $"{c}{path}?wait=true", Encoding.UTF8.GetBytes(body));
            Assert.Contains(field, message, StringComparison.Ordinal);
        }

        Assert.Equal(0, await server.CountAsync(c));
    }

    [Fact]
    public async Task Invalid_utf8_is_refused_wherever_it_stands()
    {
        string c = await CreateAsync();
        byte[] body = """{"points":[{"id":1,"vector":[1,2],"payload":{"key":"text"}}]}"""u8.ToArray();
        for (int at = 0; at < body.Length; at++)
        {
            foreach (byte bad in (byte[])[0xFF, 0xC3, 0x80])
            {
                byte[] damaged = [.. body];
                damaged[at] = bad;
                (int status, string message) = await server.RefusedAsync("PUT", $"{c}/points?wait=true", damaged);
                Assert.Equal((400, $"Format error in JSON body: invalid UTF-8 at byte {at}"), (status, message));
            }
        }

        Assert.Equal(0, await server.CountAsync(c));
    }

    [Theory]
    [InlineData("/points/query", """{"query":[1,2],"limit":-1}""", "internal.limit: value -1 invalid, must be 1 or larger")]
    [InlineData("/points/query", """{"query":[1,2],"limit":0}""", "internal.limit: value 0 invalid, must be 1 or larger")]
    [InlineData("/points/query", """{"query":[1,2],"offset":-1}""", "offset")]
    [InlineData("/points/query", """{"query":[1,2],"limit":1000001}""", "internal.limit: value 1000001 invalid, must be from 1 to 1000000")]
    [InlineData("/points/query", """{"query":[1,2],"params":{"hnsw_ef":-1}}""", "hnsw_ef: value -1 invalid, must be 1 or larger")]
    [InlineData("/points/scroll", """{"limit":-1}""", "limit: value -1 invalid, must be 1 or larger")]
    [InlineData("/points/search", """{"vector":[1,2],"limit":-1}""", "limit: value -1 invalid, must be 1 or larger")]
    [InlineData("/facet", """{"key":"k","limit":-1}""", "limit: value -1 invalid, must be 1 or larger")]
    public async Task Limits_outside_their_bound_are_refused(string path, string json, string text)
    {
        string c = await CreateAsync();
        (_, string message) = await server.RefusedAsync("POST", c + path, Encoding.UTF8.GetBytes(json));
        Assert.Contains(text, message, StringComparison.Ordinal);
    }

    private Task<string> CreateAsync() => server.CreateAsync("""{"size":2,"distance":"Dot"}""");

    private static int CountValues(JsonNode? node) => 1 + (node switch
    {
        JsonObject members => members.Sum(member => CountValues(member.Value)),
        JsonArray items => items.Sum(CountValues),
        _ => 0,
    });

    /// <summary>The body with its value number <paramref name="index"/> (in reading order) replaced, and the top-level member it is in.</summary>
    private static (string Body, string? Field) Replace(string json, int index, string replacement)
    {
        string? field = null;
        int next = 0;
        return (Write(JsonNode.Parse(json), null), field);

        string Write(JsonNode? node, string? member)
        {
            if (next++ == index)
            {
                field = member;
                next += CountValues(node) - 1;
                return replacement;
            }

            return node switch
            {
                JsonObject members => "{" + string.Join(',', members.Select(pair => $"\"{pair.Key}\":{Write(pair.Value, member ?? pair.Key)}")) + "}",
                JsonArray items => "[" + string.Join(',', items.Select(item => Write(item, member))) + "]",
                null => "null",
                _ => node.ToJsonString(),
            };
        }
    }
}
