using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansVectors.Collections;

namespace OrleansVectors.Api.Requests;

/// <summary>
/// One request in the hands of an endpoint: its parameters, its body, its patience, and the one way to answer. An endpoint
/// reads, calls, and writes; what it throws becomes the answer through <see cref="Errors.ErrorAnswers"/>.
/// </summary>
public sealed class ApiCall
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Answers are JSON, never HTML: text goes out as it came in.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly long _started;

    internal ApiCall(HttpContext context, CommonParameters parameters, CancellationToken cancellationToken)
    {
        Context = context;
        Parameters = parameters;
        CancellationToken = cancellationToken;
        _started = StartOf(context);
    }

    /// <summary>The request and the answer.</summary>
    public HttpContext Context { get; }

    /// <summary>The query parameters every operation takes.</summary>
    public CommonParameters Parameters { get; }

    /// <summary>Cancelled when the caller goes away or its <c>timeout</c> is over.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The database.</summary>
    public VectorDatabase Database => Service<VectorDatabase>();

    /// <summary>The collection the path names as <c>collection_name</c>, by its name or an alias.</summary>
    /// <exception cref="OrleansVectors.Collections.Errors.CollectionNotFoundException">There is none.</exception>
    public Collection Collection => Database.GetCollection(PathPart("collection_name"));

    /// <summary>A part of the request's path, decoded.</summary>
    public string PathPart(string name) => (string)Context.Request.RouteValues[name]!;

    /// <summary>A service of the host.</summary>
    public T Service<T>()
        where T : notnull
        => Context.RequestServices.GetRequiredService<T>();

    /// <summary>The body, whole; dispose it when its values have been taken.</summary>
    public ValueTask<RequestBody> ReadBodyAsync()
        => RequestBody.ReadAsync(Context.Request, Service<ApiOptions>().BodyBytesMax, CancellationToken);

    /// <summary>
    /// Answers 200 with the success envelope around what <paramref name="writeResult"/> writes, exactly one JSON value.
    /// It must not fail half way: have everything ready before.
    /// </summary>
    /// <param name="state">What is written.</param>
    /// <param name="writeResult">Writes the result.</param>
    /// <param name="writeBeside">Writes members of ours beside it; clients of the dialect pass them over.</param>
    public Task WriteResultAsync<TState>(
        TState state, Action<Utf8JsonWriter, TState> writeResult, Action<Utf8JsonWriter, TState>? writeBeside = null)
        => WriteJsonAsync((state, writeResult, writeBeside, _started), static (writer, answer) =>
        {
            writer.WriteStartObject();
            writer.WriteNull("usage"u8);
            writer.WritePropertyName("result"u8);
            answer.writeResult(writer, answer.state);
            answer.writeBeside?.Invoke(writer, answer.state);
            writer.WriteString("status"u8, "ok"u8);
            writer.WriteNumber("time"u8, ElapsedSeconds(answer._started));
            writer.WriteEndObject();
        });

    /// <summary>Answers 200 with JSON outside the envelope.</summary>
    internal async Task WriteJsonAsync<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        HttpResponse response = Context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        try
        {
            using var writer = new Utf8JsonWriter((IBufferWriter<byte>)response.BodyWriter, WriterOptions);
            write(writer, state);
        }
        catch
        {
            // Half an answer may be in the response's buffer already: the caller must not take it for a whole one.
            Context.Abort();
            throw;
        }

        await response.BodyWriter.FlushAsync(Context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers 200 with <c>"result": true</c> or false.</summary>
    public Task WriteResultAsync(bool result)
        => WriteResultAsync(result, static (writer, value) => writer.WriteBooleanValue(value));

    /// <summary>Answers with the error envelope.</summary>
    internal static Task WriteErrorAsync(HttpContext context, int status, string text)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        using (var writer = new Utf8JsonWriter((IBufferWriter<byte>)response.BodyWriter, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("status"u8);
            writer.WriteString("error"u8, text);
            writer.WriteEndObject();
            writer.WriteNumber("time"u8, ElapsedSeconds(StartOf(context)));
            writer.WriteEndObject();
        }

        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>Notes when the request began; called once, first.</summary>
    internal static void MarkStart(HttpContext context) => context.Items[typeof(ApiCall)] = Stopwatch.GetTimestamp();

    /// <summary>When the request began, in <see cref="Stopwatch"/> ticks.</summary>
    internal static long StartOf(HttpContext context)
        => context.Items.TryGetValue(typeof(ApiCall), out object? start) ? (long)start! : Stopwatch.GetTimestamp();

    private static double ElapsedSeconds(long started) => Stopwatch.GetElapsedTime(started).TotalSeconds;
}
