using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using OrleansVectors.Benchmarks.Ann;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>One collection of a running server, over connections that are kept. Point i is row i of the base.</summary>
internal sealed class RestCollection : IDisposable
{
    private const string Name = "benchmark";
    private static readonly TimeSpan StatusEvery = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient http;

    public RestCollection(string url) =>
        http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(10) };

    /// <summary>Makes it.</summary>
    /// <param name="dim">Components of a vector.</param>
    /// <param name="distance">The metric's name in the API.</param>
    /// <param name="quantization">A <c>quantization_config</c> as JSON; null for none.</param>
    public void Create(int dim, string distance, string? quantization)
    {
        var vectors = $$"""{"size":{{dim}},"distance":"{{distance}}"}""";
        Send(HttpMethod.Put, $"collections/{Name}", Json(quantization is null ? $$"""{"vectors":{{vectors}}}""" : $$"""{"vectors":{{vectors}},"quantization_config":{{quantization}}}"""));
    }

    /// <summary>The body of a request that stores rows.</summary>
    public static byte[] PointsBody(DataSet set, int first, int end)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartArray("points");
        for (var row = first; row < end; row++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", row);
            WriteVector(writer, "vector", set.Rows.Vector((uint)row));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The body of a search.</summary>
    public static byte[] QueryBody(ReadOnlySpan<float> query, int ef)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        WriteVector(writer, "query", query);
        writer.WriteNumber("limit", Truth.K);
        writer.WriteStartObject("params");
        writer.WriteNumber("hnsw_ef", ef);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Stores points; returns when they are on disk and visible.</summary>
    public void Store(byte[] body) => Send(HttpMethod.Put, $"collections/{Name}/points?wait=true", body);

    /// <summary>Searches and reads the answer without looking at it.</summary>
    public byte[] Search(byte[] body) => Send(HttpMethod.Post, $"collections/{Name}/points/query", body);

    /// <summary>The ids in the answer of a search.</summary>
    public static uint[] IdsOf(byte[] answer)
    {
        using var document = JsonDocument.Parse(answer);
        return [.. document.RootElement.GetProperty("result").GetProperty("points").EnumerateArray().Select(point => point.GetProperty("id").GetUInt32())];
    }

    /// <summary>Waits until every point is in the index.</summary>
    public void WaitUntilIndexed()
    {
        while (!Status().IsIndexed)
        {
            Thread.Sleep(StatusEvery);
        }
    }

    /// <summary>How many points there are, and whether all are in the index.</summary>
    public (long Points, bool IsIndexed) Status()
    {
        using var document = JsonDocument.Parse(Send(HttpMethod.Get, $"collections/{Name}", null));
        var result = document.RootElement.GetProperty("result");
        return (result.GetProperty("points_count").GetInt64(), result.GetProperty("status").GetString() == "green");
    }

    public void Dispose() => http.Dispose();

    private static byte[] Json(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static void WriteVector(Utf8JsonWriter writer, string name, ReadOnlySpan<float> vector)
    {
        writer.WriteStartArray(name);
        foreach (var component in vector)
        {
            writer.WriteNumberValue(component);
        }

        writer.WriteEndArray();
    }

    private byte[] Send(HttpMethod method, string path, byte[]? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = http.Send(request, HttpCompletionOption.ResponseContentRead);
        using var content = new MemoryStream();
        response.Content.ReadAsStream().CopyTo(content);
        return response.IsSuccessStatusCode
            ? content.ToArray()
            : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(content.ToArray())}");
    }
}
