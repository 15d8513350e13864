using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Json.Points;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Changes;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Api.Endpoints;

/// <summary>
/// A collection's changes as server-sent events (the WHATWG's HTML standard, section 9.2). The id of each event is the
/// position after it, so a client that comes again with <c>Last-Event-ID</c>, as browsers do by themselves, misses nothing
/// and sees nothing twice.
/// </summary>
internal static class ChangeEndpoints
{
    private const string Oldest = "oldest";
    private const string Newest = "newest";

    /// <summary>A comment is sent as often, so that those in between see a connection that lives.</summary>
    private static readonly TimeSpan CommentInterval = TimeSpan.FromSeconds(15);

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("GET", "/collections/{collection_name}/changes", GetAsync, "after", "operations");
        routes.MapCall("POST", "/collections/{collection_name}/changes", PostAsync);
        routes.MapCall("GET", "/collections/{collection_name}/changes/positions", PositionsAsync);
    }

    private static Task GetAsync(ApiCall call)
    {
        IQueryCollection query = call.Context.Request.Query;
        HashSet<Type>? kinds = null;
        if (query.TryGetValue("operations", out var names))
        {
            kinds = [];
            foreach (string name in names.ToString().Split(','))
            {
                kinds.Add(OperationJsonWriter.Kinds.GetValueOrDefault(name)
                    ?? throw new QueryParameterException("operations", name, $"must be some of {string.Join(", ", OperationJsonWriter.Kinds.Keys)}"));
            }
        }

        return StreamAsync(call, new ChangesRequest(query.TryGetValue("after", out var after) ? after.ToString() : null, kinds, Filter: null));
    }

    private static async Task PostAsync(ApiCall call)
    {
        ChangesRequest request;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            request = ChangesRequest.Read(body.Span);
        await StreamAsync(call, request).ConfigureAwait(false);
    }

    private static async Task PositionsAsync(ApiCall call)
    {
        (ChangePosition oldest, ChangePosition newest) = await call.Collection.ChangePositionsAsync().ConfigureAwait(false);
        await call.WriteResultAsync((oldest, newest), static (writer, positions) =>
        {
            writer.WriteStartObject();
            writer.WriteString("oldest"u8, positions.oldest.ToString());
            writer.WriteString("newest"u8, positions.newest.ToString());
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task StreamAsync(ApiCall call, ChangesRequest request)
    {
        Collection collection = call.Collection;
        string? wanted = call.Context.Request.Headers["Last-Event-ID"] is [string { Length: > 0 } last, ..] ? last : request.After;
        ChangePosition after = await PositionAsync(collection, wanted).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            call.CancellationToken, call.Service<IHostApplicationLifetime>().ApplicationStopping);
        HttpResponse response = call.Context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        using var turns = new SemaphoreSlim(1, 1);
        try
        {
            await SendAsync($"id: {after}\n\n").ConfigureAwait(false);
            using var quiet = new Timer(_ => _ = SendAsync(": \n\n"), null, CommentInterval, CommentInterval);
            await foreach (ChangeEvent change in collection.ChangesAsync(after, new ChangeFilter(request.Filter, request.Operations), stop.Token)
                .ConfigureAwait(false))
            {
                // Without data an event only moves the position that a client comes back with.
                await SendAsync(change.Operations.Count == 0 ? $"id: {change.Position}\n\n" : Describe(change, collection)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone, the time it gave is over, or the server stops: it knows where to go on.
        }
        catch (OrleansVectorsException failure) when (response.HasStarted)
        {
            await SendAsync($"event: error\ndata: \"{JsonEncodedText.Encode(failure.Message)}\"\n\n").ConfigureAwait(false);
        }

        // The timer and the stream write to one response.
        async Task SendAsync(string text)
        {
            try
            {
                await turns.WaitAsync(stop.Token).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                return; // a comment that came too late
            }

            try
            {
                await response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(text), stop.Token).ConfigureAwait(false);
            }
            finally
            {
                turns.Release();
            }
        }
    }

    private static async Task<ChangePosition> PositionAsync(Collection collection, string? wanted)
    {
        (ChangePosition oldest, ChangePosition newest) = await collection.ChangePositionsAsync().ConfigureAwait(false);
        if (wanted is null or Newest)
            return newest;
        if (wanted == Oldest)
            return oldest;
        if (!ChangePosition.TryParse(wanted, out ChangePosition? position) || position!.Sequences.Count != newest.Sequences.Count)
        {
            throw new QueryParameterException(
                "after", wanted, $"must be {Oldest}, {Newest}, or a position as events and /changes/positions tell it");
        }

        if (position.History != newest.History)
            throw new ChangesUnavailableException(wanted, oldest.ToString(), newest.ToString());
        for (int i = 0; i < newest.Sequences.Count; i++)
        {
            if (position.Sequences[i] < oldest.Sequences[i] || position.Sequences[i] > newest.Sequences[i])
                throw new ChangesUnavailableException(wanted, oldest.ToString(), newest.ToString());
        }

        return position;
    }

    private static string Describe(ChangeEvent change, Collection collection)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("partition"u8, change.Partition);
            writer.WriteNumber("sequence"u8, change.Sequence);
            writer.WriteString("time"u8, change.Time);
            writer.WriteStartArray("operations"u8);
            foreach (PointOperation operation in change.Operations)
                OperationJsonWriter.Write(writer, operation, collection.Schema);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        // JSON has its line breaks escaped, so it is one line.
        return $"id: {change.Position}\nevent: change\ndata: {Encoding.UTF8.GetString(buffer.WrittenSpan)}\n\n";
    }
}
