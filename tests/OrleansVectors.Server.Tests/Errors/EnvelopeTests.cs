using System.Net;
using System.Text;
using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Errors;

public sealed class EnvelopeTests(RunningServer server) : IClassFixture<RunningServer>
{
    private HttpClient Http => server.Http;

    [Fact]
    public async Task An_unknown_address_and_a_wrong_method_are_answered_in_the_envelope()
    {
        Assert.Equal("Not found: no operation at GET /nowhere", await Http.ErrorAsync(404, "GET", "/nowhere"));
        Assert.Contains("takes GET", await Http.ErrorAsync(405, "POST", "/healthz", "{}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("timeout=0", "timeout: value 0 invalid, must be from 1 to")]
    [InlineData("timeout=-1", "timeout: value -1 invalid")]
    [InlineData("timeout=soon", "timeout: value soon invalid")]
    [InlineData("wait=yes", "wait: value yes invalid, must be true or false")]
    [InlineData("ordering=fast", "ordering: value fast invalid, must be weak, medium or strong")]
    [InlineData("consistency=0", "consistency: value 0 invalid")]
    public async Task A_query_parameter_that_cannot_be_used_is_refused_by_name(string query, string expected)
    {
        string error = await Http.ErrorAsync(422, "GET", "/collections?" + query);
        Assert.StartsWith("Validation error in query parameters: [", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> MalformedBodies => new()
    {
        { "truncated", "{\"vectors\":{\"size\":4," },
        { "empty", "" },
        { "only space", "  " },
        { "not JSON", "size=4" },
        { "NaN", "{\"vectors\":{\"size\":NaN,\"distance\":\"Dot\"}}" },
        { "trailing text", "{} {}" },
        { "comment", "{/* no */}" },
        { "trailing comma", "{\"vectors\":null,}" },
        { "half a surrogate pair", "{\"vectors\":{\"\\ud800\":{\"size\":1,\"distance\":\"Dot\"}}}" },
        { "half a surrogate pair in metadata", "{\"metadata\":{\"a\":\"\\ud800\"}}" },
        { "a control character in a string", "{\"a\u0001\":1}" },
        { "an integer that is a fraction", "{\"shard_number\":1.5}" },
        { "deep nesting", "{\"metadata\":{\"a\":" + new string('[', 1_000_000) },
        { "deep and closed", "{\"metadata\":{\"a\":" + new string('[', 1_000) + new string(']', 1_000) + "}}" },
        { "many members", "{" + string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"vectors{i}\":1")) + "}" },
    };

    [Theory]
    [MemberData(nameof(MalformedBodies))]
    public async Task A_malformed_body_gets_400_on_every_address_that_takes_one(string name, string body)
    {
        await Http.CallAsync("PUT", "/collections/target", """{"vectors":{"size":4,"distance":"Dot"}}""");
        (string Method, string Path)[] addresses =
        [
            ("PUT", "/collections/malformed"), ("PATCH", "/collections/target"), ("POST", "/collections/aliases"),
            ("PUT", "/collections/target/index"), ("PUT", "/collections/target/vectors/x"),
        ];
        foreach ((string method, string path) in addresses)
        {
            string error = await Http.ErrorAsync(400, method, path, body);
            Assert.True(error.StartsWith("Format error in JSON body: ", StringComparison.Ordinal), $"{name}: {error}");
            Assert.True(error.Length < 1_000, $"{name}: an error of {error.Length} characters");
        }

        Assert.False((await Http.ResultAsync("GET", "/collections/malformed/exists")).GetProperty("exists").GetBoolean());
    }

    [Fact]
    public async Task Invalid_UTF_8_is_refused_with_its_place()
    {
        using var content = new ByteArrayContent([.. "{\"metadata\":{\"a\":\""u8, 0xC3, 0x28, .. "\"}}"u8]);
        using HttpResponseMessage response = await Http.PutAsync("/collections/bytes", content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("invalid UTF-8 at byte 18", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_gets_413_naming_the_limit_whether_or_not_it_announces_its_size()
    {
        await using ServerProcess small = await ServerProcess.StartAsync(null, "--body-bytes-max", "4096");
        byte[] body = Encoding.UTF8.GetBytes("{\"metadata\":{\"a\":\"" + new string('x', 8_000) + "\"}}");
        foreach (bool chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/collections/big") { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = chunked;
            using HttpResponseMessage response = await small.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
            Assert.Contains(
                "larger than the limit `BodyBytesMax` of 4096 bytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await small.Http.ResultAsync("GET", "/collections");
    }

    [Fact]
    public async Task Clients_find_a_version_they_know_and_ours_beside_it()
    {
        using JsonDocument welcome = JsonDocument.Parse(await Http.GetStringAsync("/"));
        Assert.StartsWith("1.19.", welcome.RootElement.GetProperty("version").GetString(), StringComparison.Ordinal);
        Assert.Contains("OrleansVectors", welcome.RootElement.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal(Api.ProductVersion.Number, welcome.RootElement.GetProperty("product_version").GetString());
        foreach (string probe in (string[])["/healthz", "/livez", "/readyz"])
            Assert.Equal("text/plain", (await Http.GetAsync(probe)).Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Metrics_count_requests_by_address_and_status()
    {
        await Http.ErrorAsync(404, "GET", "/collections/uncounted");
        string metrics = await Http.GetStringAsync("/metrics");
        Assert.Contains(
            "rest_responses_duration_seconds_count{method=\"GET\",endpoint=\"/collections/{collection_name}\",status=\"404\"}",
            metrics,
            StringComparison.Ordinal);
        Assert.Contains("process_resident_memory_bytes ", metrics, StringComparison.Ordinal);
    }
}
