using System.Text;
using System.Text.Json;

namespace OrleansVectors.Faults.Rest;

/// <summary>Calls of the public API of one running server.</summary>
internal sealed class RestClient(string address) : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(45);

    private readonly HttpClient _http = new() { BaseAddress = new Uri(address + "/"), Timeout = AnswerTimeout };

    /// <summary>Sends one request.</summary>
    /// <exception cref="ServerGoneException">The connection broke before the answer.</exception>
    /// <exception cref="NoAnswerException">There is no answer for a long time.</exception>
    public async Task<Answer> CallAsync(Request request)
    {
        using HttpRequestMessage message = new(new HttpMethod(request.Method), request.Path);
        if (request.Body is not null)
            message.Content = new StringContent(request.Body, Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(message).ConfigureAwait(false);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(bytes);
            return new Answer((int)response.StatusCode, document.RootElement.Clone());
        }
        catch (TaskCanceledException)
        {
            throw new NoAnswerException($"no answer to {request.Method} {request.Path} within {AnswerTimeout.TotalSeconds} s");
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or JsonException)
        {
            throw new ServerGoneException($"{request.Method} {request.Path}: {gone.Message}");
        }
    }

    /// <summary>Sends a request that nothing keeps from being answered well.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<JsonElement> ResultAsync(Request request)
    {
        Answer answer = await CallAsync(request).ConfigureAwait(false);
        return answer.IsOk ? answer.Result : throw new InvalidOperationException($"{request.Method} {request.Path}: {answer}");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
