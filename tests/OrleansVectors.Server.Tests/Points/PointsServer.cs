using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Points;

/// <summary>One real server for the tests of a class, and what they say to it. Each test makes collections of its own.</summary>
public sealed class PointsServer : IAsyncLifetime
{
    private ServerProcess? _server;
    private int _collections;

    public ServerProcess Server => _server!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Creates an empty collection; returns its path, <c>/collections/name</c>.</summary>
    public async Task<string> CreateAsync(string vectors)
    {
        string path = $"/collections/points_{Interlocked.Increment(ref _collections)}";
        await OkAsync("PUT", path, $$"""{"vectors":{{vectors}}}""");
        return path;
    }

    /// <summary>Sends a request that must succeed; returns its result.</summary>
    public async Task<JsonNode?> OkAsync(string method, string path, string? body = null)
    {
        (HttpStatusCode status, string text) = await SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body));
        Assert.True(status == HttpStatusCode.OK, $"{method} {path} {body}: {(int)status} {text}\n{Server.Output}");
        JsonNode answer = JsonNode.Parse(text)!;
        Assert.Equal("ok", (string?)answer["status"]);
        return answer["result"];
    }

    /// <summary>As <see cref="OkAsync"/>, the result as JSON text.</summary>
    public async Task<string> TextAsync(string method, string path, string? body = null)
        => (await OkAsync(method, path, body))?.ToJsonString() ?? "null";

    /// <summary>Sends a request that must be refused; returns status and message.</summary>
    public async Task<(int Status, string Message)> RefusedAsync(string method, string path, byte[] body)
    {
        (HttpStatusCode status, string text) = await SendAsync(method, path, body);
        string sent = Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 300));
        Assert.True((int)status is >= 400 and < 500, $"{method} {path} {sent}: {(int)status} {text}\n{Server.Output}");
        using JsonDocument answer = JsonDocument.Parse(text);
        return ((int)status, answer.RootElement.GetProperty("status").GetProperty("error").GetString()!);
    }

    /// <summary>Sends a request as it is.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(string method, string path, byte[]? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }

        using HttpResponseMessage response = await Server.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>How many points a collection has.</summary>
    public async Task<long> CountAsync(string collection)
        => (long)(await OkAsync("POST", $"{collection}/points/count", "{}"))!["count"]!;
}
