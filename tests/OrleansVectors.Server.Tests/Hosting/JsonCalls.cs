using System.Net;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Server.Tests.Hosting;

/// <summary>Calls with JSON bodies, answered with status and parsed body.</summary>
internal static class JsonCalls
{
    /// <summary>Sends one request.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(
        this HttpClient http, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.SendAsync(request);
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return (response.StatusCode, document.RootElement.Clone());
    }

    /// <summary>Sends one request that must succeed; gives its result.</summary>
    public static async Task<JsonElement> ResultAsync(this HttpClient http, string method, string path, string? body = null)
    {
        (HttpStatusCode status, JsonElement answer) = await http.CallAsync(method, path, body);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path}: {(int)status} {answer}");
        Assert.Equal("ok", answer.GetProperty("status").GetString());
        Assert.True(answer.GetProperty("time").GetDouble() >= 0);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("usage").ValueKind);
        return answer.GetProperty("result");
    }

    /// <summary>Sends one request that must fail with this status; gives the error's text.</summary>
    public static async Task<string> ErrorAsync(
        this HttpClient http, int expectedStatus, string method, string path, string? body = null)
    {
        (HttpStatusCode status, JsonElement answer) = await http.CallAsync(method, path, body);
        Assert.True((int)status == expectedStatus, $"{method} {path}: {(int)status} {answer}");
        return answer.GetProperty("status").GetProperty("error").GetString()!;
    }
}
