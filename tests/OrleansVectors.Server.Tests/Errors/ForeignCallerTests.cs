using System.Text;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Errors;

/// <summary>Without credentials a browser on this machine must not act for somebody else's page.</summary>
public sealed class ForeignCallerTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Theory]
    [InlineData("Host", "evil.example:6333", "Host: value evil.example invalid")]
    [InlineData("Origin", "http://evil.example", "Origin: value http://evil.example invalid")]
    [InlineData("Origin", "null", "Origin: value null invalid")]
    public async Task A_request_of_a_foreign_page_is_refused_and_changes_nothing(string header, string value, string expected)
    {
        string name = "foreign" + Guid.NewGuid().ToString("N");
        using HttpRequestMessage request = new(HttpMethod.Put, "collections/" + name)
        {
            Content = new StringContent("""{"vectors":{"size":4,"distance":"Dot"}}""", Encoding.UTF8, "text/plain"),
        };
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False((await server.Http.ResultAsync("GET", $"collections/{name}/exists")).GetProperty("exists").GetBoolean());
    }

    [Theory]
    [InlineData("Host", "localhost:6333")]
    [InlineData("Host", "[::1]:6333")]
    [InlineData("Origin", "http://127.0.0.1:8080")]
    public async Task A_caller_of_this_machine_is_served(string header, string value)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "collections");
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
    }
}
