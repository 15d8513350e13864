using System.Net.Sockets;
using System.Text;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Errors;

public sealed class AddressTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Theory]
    [InlineData("/collections/a%zz")]
    [InlineData("/collections/a%2")]
    [InlineData("/collections/a%")]
    [InlineData("/collections/%ff")]
    [InlineData("/collections/%c3/points/1")]
    public async Task An_escape_that_stands_for_nothing_is_refused(string target)
    {
        string answer = await SendAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escapes_of_text_are_read()
        => Assert.Equal(
            "Not found: Collection `é 1` doesn't exist!",
            await server.Http.ErrorAsync(404, "GET", "/collections/%C3%A9%201"));

    [Fact]
    public async Task A_query_parameter_that_nothing_reads_is_refused_by_name()
    {
        Assert.Equal(
            "Bad request: query parameter `wiat` is unknown; known are wait, ordering, timeout, consistency",
            await server.Http.ErrorAsync(400, "GET", "/collections?timeout=3&wiat=true"));
        Assert.Contains("app_info", await server.Http.GetStringAsync("/metrics?anonymize=true"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_would_fill_the_memory_is_refused()
    {
        await server.Http.ResultAsync("PUT", "/collections/large", """{"vectors":{"size":65536,"distance":"Dot"}}""");
        Assert.Contains(
            "limit: value 2049 points with 134283264 vector components invalid, must be at most 134217728 components in one answer",
            await server.Http.ErrorAsync(422, "POST", "/collections/large/points/scroll", """{"limit":2049,"with_vector":true}"""),
            StringComparison.Ordinal);
        await server.Http.ResultAsync("POST", "/collections/large/points/scroll", """{"limit":2049}""");
    }

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }
}
