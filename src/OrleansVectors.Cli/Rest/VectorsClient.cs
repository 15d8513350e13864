using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Cli.Rest;

/// <summary>The public REST API as this tool needs it: requests with retries, answers without their envelope.</summary>
internal sealed class VectorsClient : IDisposable
{
    /// <summary>A write waits for the disk and possibly for indexing to catch up; longer than this it counts as lost.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(120);

    /// <summary>A server that has never answered is more likely absent than busy, so the first contact gives up early.</summary>
    private const int FirstContactRetriesMax = 2;

    /// <summary>How much of an answer that is not JSON is shown.</summary>
    private const int ForeignAnswerCharsMax = 300;

    private readonly HttpClient _http;
    private readonly RetryPolicy _retry;
    private volatile bool _hasAnswered;

    public VectorsClient(Uri url, string? apiKey, RetryPolicy retry)
    {
        Url = url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        _retry = retry;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = !url.IsLoopback }) { BaseAddress = Url, Timeout = RequestTimeout };
        if (!string.IsNullOrEmpty(apiKey))
        {
            _http.DefaultRequestHeaders.Add("api-key", apiKey);
        }
    }

    public Uri Url { get; }

    /// <summary>Called with the reason and the pause before each retry; may be called by several threads.</summary>
    public Action<string, TimeSpan>? Retrying { get; set; }

    public void Dispose() => _http.Dispose();

    /// <summary>The collection, or null when there is none of that name.</summary>
    public async Task<CollectionDescription?> FindCollectionAsync(string collection, CancellationToken cancellation)
    {
        try
        {
            using JsonDocument answer = await SendAsync(HttpMethod.Get, PathOf(collection), body: null, cancellation);
            return CollectionDescription.Parse(collection, answer.RootElement.GetProperty("result"));
        }
        catch (ApiRefusedException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Writes points and returns when they are durable. The body is <c>{"points":[...]}</c>.</summary>
    public async Task UpsertAsync(string collection, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        using JsonDocument answer = await SendAsync(HttpMethod.Put, PathOf(collection) + "/points?wait=true", body, cancellation);
    }

    /// <summary>The path of a collection, with its name escaped.</summary>
    public static string PathOf(string collection) => "collections/" + Uri.EscapeDataString(collection);

    /// <summary>Sends one request, again if need be, and returns the whole envelope of the answer.</summary>
    /// <exception cref="ApiRefusedException">The server answered with an error that a retry does not change.</exception>
    /// <exception cref="ServerUnreachableException">All attempts failed.</exception>
    public async Task<JsonDocument> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellation)
    {
        for (int attempt = 0; ; attempt++)
        {
            string failure;
            TimeSpan? retryAfter = null;
            try
            {
                using HttpRequestMessage request = new(method, path);
                if (body is ReadOnlyMemory<byte> bytes)
                {
                    request.Content = new ReadOnlyMemoryContent(bytes);
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                }

                using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                _hasAnswered = true;
                if (response.IsSuccessStatusCode)
                {
                    using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
                    return await JsonDocument.ParseAsync(stream, default, cancellation);
                }

                string message = ErrorText(await response.Content.ReadAsByteArrayAsync(cancellation), response.ReasonPhrase);
                if (!RetryPolicy.IsTransient(response.StatusCode))
                {
                    throw new ApiRefusedException(response.StatusCode, message);
                }

                failure = $"{(int)response.StatusCode} {message}";
                retryAfter = response.Headers.RetryAfter?.Delta;
            }
            catch (Exception broken) when (!cancellation.IsCancellationRequested && broken is HttpRequestException or IOException or OperationCanceledException)
            {
                failure = broken is OperationCanceledException ? $"no answer within {RequestTimeout.TotalSeconds:0} seconds" : Innermost(broken).Message;
            }
            catch (JsonException broken)
            {
                throw new ApiRefusedException(HttpStatusCode.OK, $"the answer is not JSON, so this is hardly the right server ({broken.Message})");
            }

            if (attempt >= (_hasAnswered ? _retry.RetriesMax : Math.Min(_retry.RetriesMax, FirstContactRetriesMax)))
            {
                throw new ServerUnreachableException(Url, attempt + 1, failure);
            }

            TimeSpan pause = _retry.Delay(attempt, retryAfter);
            Retrying?.Invoke(failure, pause);
            await Task.Delay(pause, cancellation);
        }
    }

    private static string ErrorText(byte[] body, string? reason)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("status", out JsonElement status)
                && status.ValueKind == JsonValueKind.Object
                && status.TryGetProperty("error", out JsonElement error)
                && error.GetString() is string text)
            {
                return text;
            }
        }
        catch (JsonException)
        {
            // A proxy's error page or nothing at all; shown as it is below.
        }

        string foreign = Encoding.UTF8.GetString(body).Trim();
        return foreign.Length == 0 ? reason ?? "no reason given" : foreign[..Math.Min(foreign.Length, ForeignAnswerCharsMax)];
    }

    private static Exception Innermost(Exception exception)
        => exception.InnerException is Exception inner ? Innermost(inner) : exception;
}
