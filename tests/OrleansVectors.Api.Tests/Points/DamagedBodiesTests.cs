using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Json;

namespace OrleansVectors.Api.Tests.Points;

/// <summary>Every valid body, damaged systematically: the refusal is always the caller's fault and names the place.</summary>
public sealed class DamagedBodiesTests
{
    private static readonly string[] Replacements =
        ["null", "true", "\"x\"", "1e400", "1e39", "-1", "0", "1.5", "99999999999999999999999", "[]", "{}", "[[1,2,3]]", "[null]", "{\"unknown\":1}", "\"\\ud800\""];

    public static IEnumerable<TheoryDataRow<string>> Names => SampleBodies.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_valid_body_is_read(string name)
        => Assert.Null(SampleBodies.Read(SampleBodies.All[name].Read, Encoding.UTF8.GetBytes(SampleBodies.All[name].Json)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_body_cut_anywhere_is_refused(string name)
    {
        (string json, SampleBodies.BodyReader read) = SampleBodies.All[name];
        byte[] body = Encoding.UTF8.GetBytes(json);
        for (int length = 0; length < body.Length; length++)
            Refused(SampleBodies.Read(read, body.AsSpan(0, length)), json[..length], mustNameField: null, mustFail: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_after_the_body_is_refused(string name)
    {
        (string json, SampleBodies.BodyReader read) = SampleBodies.All[name];
        foreach (string tail in (string[])["x", "{}", ",", "//", "]", "}"])
            Refused(SampleBodies.Read(read, Encoding.UTF8.GetBytes(json + tail)), json + tail, mustNameField: null, mustFail: true);
        Assert.Null(SampleBodies.Read(read, Encoding.UTF8.GetBytes(json + " \r\n\t")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_wrong_value_anywhere_is_refused_by_the_name_of_its_field(string name)
    {
        (string json, SampleBodies.BodyReader read) = SampleBodies.All[name];
        int count = CountValues(JsonNode.Parse(json));
        for (int index = 0; index < count; index++)
        {
            foreach (string replacement in Replacements)
            {
                (string body, string? field) = Replace(json, index, replacement);

                // A condition without its kind is named by its key and place.
                if (field == "match" && replacement == "null")
                    field = "must[0]";
                Refused(SampleBodies.Read(read, Encoding.UTF8.GetBytes(body)), body, field, mustFail: false);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_unknown_field_anywhere_is_refused_by_its_name(string name)
    {
        (string json, SampleBodies.BodyReader read) = SampleBodies.All[name];
        for (int at = json.IndexOf('{', StringComparison.Ordinal); at >= 0; at = json.IndexOf('{', at + 1))
        {
            bool empty = json[at + 1] == '}';
            string body = json.Insert(at + 1, empty ? "\"zzz\":1" : "\"zzz\":1,");
            Exception? refusal = SampleBodies.Read(read, Encoding.UTF8.GetBytes(body));

            // Within a payload any field is welcome.
            Refused(refusal, body, "zzz", mustFail: !body[..at].Contains("payload\":", StringComparison.Ordinal) && !body[..at].Contains("payloads\":", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_field_given_twice_is_refused(string name)
    {
        (string json, SampleBodies.BodyReader read) = SampleBodies.All[name];
        JsonObject root = JsonNode.Parse(json)!.AsObject();
        foreach ((string field, JsonNode? value) in root)
        {
            string body = json.Insert(json.Length - 1, $",\"{field}\":{value?.ToJsonString() ?? "null"}");
            Refused(SampleBodies.Read(read, Encoding.UTF8.GetBytes(body)), body, field, mustFail: true);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_damage_is_never_our_fault(string name)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        (string json, SampleBodies.BodyReader read) = SampleBodies.All[name];
        byte[] valid = Encoding.UTF8.GetBytes(json);
        ReadOnlySpan<byte> alphabet = "{}[]\":,0123456789.-+eEtfn\\u \n"u8;
        for (int round = 0; round < 2_000; round++)
        {
            byte[] body = [.. valid];
            for (int i = random.Next(1, 4); i > 0; i--)
                body[random.Next(body.Length)] = alphabet[random.Next(alphabet.Length)];
            Exception? refusal = SampleBodies.Read(read, body);
            string because = $"seed {seed}, round {round}: {Encoding.UTF8.GetString(body)}";
            Refused(refusal, because, mustNameField: null, mustFail: !IsJson(body));
        }
    }

    [Theory]
    [InlineData("""{"points":[{"id":1,"vector":[1,2,3]},{"id":2,"vector":[1,2]}]}""", 400, "expected dim: 3, got 2 (at points[1].vector)")]
    [InlineData("""{"points":[{"id":1,"vector":{"image":[1,2,3]}}]}""", 400, "expected dim: 2, got 3 (at points[0].vector.image)")]
    [InlineData("""{"points":[{"id":1,"vector":{"other":[1]}}]}""", 400, "Not existing vector name error: other")]
    [InlineData("""{"points":[{"id":1,"vector":[]}]}""", 422, "points[0].vector: value [] invalid, must not be empty")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2,1e39]}]}""", 422, "points[0].vector[2]: value 1e39 invalid, must be a finite 32-bit")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2,NaN]}]}""", 400, "points[0].vector[2]")]
    [InlineData("""{"points":[{"id":1,"vector":[1,2,-Infinity]}]}""", 400, "points[0].vector[2]")]
    [InlineData("""{"points":[{"id":1,"vector":[1,"2",3]}]}""", 400, "points[0].vector[1]: expected a number, found the string")]
    [InlineData("""{"points":[{"id":1,"vector":[[1,2,3]]}]}""", 400, "got an array of rows (at points[0].vector")]
    [InlineData("""{"points":[{"id":1,"vector":{"image":{"indices":[1],"values":[2]}}}]}""", 400, "points[0].vector.image: ")]
    [InlineData("""{"points":[{"id":1,"vector":{"text":"hello","model":"m"}}]}""", 400, "points[0].vector.text: vectors made by a model")]
    [InlineData("""{"points":[{"id":-1,"vector":[1,2,3]}]}""", 400, "points[0].id: expected a point id (an unsigned 64-bit integer or a UUID), found the number -1")]
    [InlineData("""{"points":[{"id":1.5,"vector":[1,2,3]}]}""", 400, "points[0].id")]
    [InlineData("""{"points":[{"id":"nope","vector":[1,2,3]}]}""", 400, "points[0].id")]
    [InlineData("""{"points":[{"id":18446744073709551616,"vector":[1,2,3]}]}""", 400, "points[0].id")]
    [InlineData("""{"points":[{"vector":[1,2,3]}]}""", 400, "points[0]: missing field `id`")]
    [InlineData("""{"points":[{"id":1}]}""", 400, "points[0]: missing field `vector`")]
    [InlineData("""{"points":[{"id":5,"vector":{}},{"id":6,"vector":{}},{"id":5,"vector":{}}]}""", 422, "points[2].id: value 5 invalid, must be unique within the batch (first at points[0])")]
    [InlineData("""{"points":[],"batch":{"ids":[],"vectors":[]}}""", 400, "`points` and `batch`")]
    [InlineData("""{}""", 400, "missing field `points`")]
    [InlineData("""{"points":[],"shard_key":"a"}""", 400, "shard_key: shard keys are not supported")]
    [InlineData("""{"batch":{"ids":[1,2],"vectors":[[1,2,3]]}}""", 422, "batch.vectors: value of length 1 invalid, number of ids and vectors must be equal (2 != 1")]
    [InlineData("""{"batch":{"ids":[1],"vectors":[[1,2,3]],"payloads":[]}}""", 422, "number of ids and payloads must be equal (1 != 0")]
    [InlineData("""{"batch":{"ids":[1],"vectors":{"image":[]}}}""", 422, "number of ids and vectors must be equal (1 != 0")]
    [InlineData("""{"batch":{"ids":[1,1],"vectors":[[1,2,3],[1,2,3]]}}""", 422, "batch.ids[1]: value 1 invalid, must be unique")]
    public void A_wrong_upsert_is_told_what_is_wrong(string json, int status, string text)
        => Says("upsert points", json, status, text);

    [Theory]
    [InlineData("query vector", """{"query":[1,2,3],"limit":0}""", 422, "Validation error in JSON body: [internal.limit: value 0 invalid, must be 1 or larger]")]
    [InlineData("query vector", """{"query":[1,2,3],"limit":-5}""", 422, "internal.limit: value -5 invalid, must be 1 or larger")]
    [InlineData("query vector", """{"query":[1,2,3],"limit":18446744073709551615}""", 422, "internal.limit: value 18446744073709551615 invalid, must be from 1 to 1000000")]
    [InlineData("query vector", """{"query":[1,2,3],"limit":1000000,"offset":1}""", 422, "internal.offset: value 1 invalid, must be from 0 to 0")]
    [InlineData("query vector", """{"query":[1,2,3],"offset":-1}""", 400, "offset")]
    [InlineData("query vector", """{"query":[1,2,3],"params":{"hnsw_ef":0}}""", 422, "params.internal.hnsw_ef: value 0 invalid, must be 1 or larger")]
    [InlineData("query vector", """{"prefetch":{"limit":3}}""", 400, "Bad request: A query is needed to merge the prefetches.")]
    [InlineData("query vector", """{"prefetch":[{}],"query":[1,2,3]}""", 400, "Bad request: `prefetch` queries are not supported by this version")]
    [InlineData("query vector", """{"score_threshold":1}""", 400, "Bad request: A query is needed to use the score_threshold.")]
    [InlineData("query vector", """{"query":{"order_by":"n"},"score_threshold":1}""", 400, "Bad request: Can't use score_threshold with an order_by query.")]
    [InlineData("query vector", """{"query":{"recommend":{"positive":[1]}}}""", 400, "Bad request: query.recommend: `recommend` queries are not supported by this version")]
    [InlineData("query vector", """{"query":{"fusion":"rrf"}}""", 400, "`fusion` queries")]
    [InlineData("query vector", """{"query":{"sample":"random"}}""", 400, "`sample` queries")]
    [InlineData("query vector", """{"query":{"nearest":[1,2,3],"mmr":{"diversity":0.5}}}""", 400, "`mmr` queries")]
    [InlineData("query vector", """{"query":{"indices":[1],"values":[1]}}""", 400, "sparse vectors")]
    [InlineData("query vector", """{"query":{}}""", 400, "query: expected a kind of query")]
    [InlineData("scroll", """{"limit":0}""", 422, "[limit: value 0 invalid, must be 1 or larger]")]
    [InlineData("scroll", """{"order_by":"nowhere"}""", 400, "Wrong input: No range index for `order_by` key: `nowhere`. Please create one to use `order_by`")]
    [InlineData("scroll", """{"order_by":"color"}""", 400, "No range index for `order_by` key: `color`")]
    [InlineData("scroll", """{"order_by":"n","offset":3}""", 400, "Cannot use an `offset` when using `order_by`")]
    [InlineData("scroll", """{"order_by":{"key":"n","start_from":"2024-01-01T00:00:00Z"}}""", 400, "order_by.start_from")]
    [InlineData("facet", """{"key":"n.x"}""", 400, "Wrong input: No appropriate index for faceting: `n.x`")]
    [InlineData("facet", """{"key":"at"}""", 400, "No appropriate index for faceting: `at`")]
    [InlineData("delete ids", """{}""", 400, "Either list of point ids or filter must be provided")]
    [InlineData("delete ids", """{"points":[1],"filter":{}}""", 400, "`points` and `filter`")]
    [InlineData("delete ids", """{"points":null,"filter":null}""", 400, "missing field `points` or `filter`")]
    [InlineData("batch", """{"operations":[{}]}""", 400, "operations[0]: expected one operation, found none")]
    [InlineData("batch", """{"operations":[{"delete":{"points":[1]},"clear_payload":{"points":[1]}}]}""", 400, "operations[0]: expected one operation, found several")]
    [InlineData("overwrite payload", """{"payload":{},"points":[1],"key":"a"}""", 400, "key: nested keys")]
    public void A_wrong_request_is_told_what_is_wrong(string name, string json, int status, string text)
        => Says(name, json, status, text);

    [Fact]
    public void Nesting_a_million_levels_deep_is_refused()
    {
        foreach (string field in (string[])["vector", "payload", "id", "zzz"])
        {
            foreach ((char open, string inner) in ((char, string)[])[('[', ""), ('{', "\"a\":")])
            {
                string deep = string.Concat(Enumerable.Repeat(open + inner, 1_000_000));
                string body = $$"""{"points":[{"{{field}}":{{deep}}""";
                Refused(SampleBodies.Read(SampleBodies.All["upsert points"].Read, Encoding.UTF8.GetBytes(body)), field, field == "payload" ? "payload" : field, mustFail: true);
            }
        }
    }

    private static void Says(string name, string json, int status, string text)
    {
        Exception? refusal = SampleBodies.Read(SampleBodies.All[name].Read, Encoding.UTF8.GetBytes(json));
        Assert.NotNull(refusal);
        (int actual, string message) = ErrorAnswers.Describe(refusal);
        Assert.Contains(text, message, StringComparison.Ordinal);
        Assert.Equal(status, actual);
    }

    private static void Refused(Exception? refusal, string because, string? mustNameField, bool mustFail)
    {
        if (refusal is null)
        {
            Assert.False(mustFail, $"accepted: {because}");
            return;
        }

        (int status, string message) = ErrorAnswers.Describe(refusal);
        Assert.True(status is >= 400 and < 500, $"{because}: {refusal}");
        Assert.True(mustNameField is null || message.Contains(mustNameField, StringComparison.Ordinal), $"`{mustNameField}` is not named by: {message}\n{because}");
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = ApiLimits.JsonDepthMax });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int CountValues(JsonNode? node) => 1 + (node switch
    {
        JsonObject members => members.Sum(member => CountValues(member.Value)),
        JsonArray items => items.Sum(CountValues),
        _ => 0,
    });

    /// <summary>The body with its value number <paramref name="index"/> (in reading order) replaced, and the name of the member it is in.</summary>
    private static (string Body, string? Field) Replace(string json, int index, string replacement)
    {
        string? field = null;
        int next = 0;
        string body = Write(JsonNode.Parse(json), null);
        return (body, field);

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
                JsonObject members => "{" + string.Join(',', members.Select(pair => $"{JsonSerializer.Serialize(pair.Key)}:{Write(pair.Value, pair.Key.Length == 0 ? member : pair.Key)}")) + "}",
                JsonArray items => "[" + string.Join(',', items.Select(item => Write(item, member))) + "]",
                null => "null",
                _ => node.ToJsonString(),
            };
        }
    }
}
