using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Json;
using OrleansVectors.Api.Json.Points;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Queries, single and in batches, and searches in the older form.</summary>
internal static class PointsQueryEndpoints
{
    private const string Points = "/collections/{collection_name}/points";

    private static readonly string[] Unsupported =
    [
        "/query/groups", "/search/groups", "/search/matrix/pairs", "/search/matrix/offsets",
        "/recommend", "/recommend/batch", "/recommend/groups", "/discover", "/discover/batch",
    ];

    private delegate T BodyReader<T>(ref JsonCursor cursor, CollectionSchema schema);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("POST", Points + "/query", call => OneAsync(call, QueryJsonReader.Read, WritePoints));
        routes.MapCall("POST", Points + "/query/batch", call => BatchAsync(call, QueryJsonReader.ReadBatch, WritePoints));
        routes.MapCall("POST", Points + "/search", call => OneAsync(
            call, static (ref cursor, _) => QueryJsonReader.ReadSearch(ref cursor), WriteList));
        routes.MapCall("POST", Points + "/search/batch", call => BatchAsync(
            call, static (ref cursor, schema) => QueryJsonReader.ReadSearchBatch(ref cursor, schema), WriteList));
        foreach (string suffix in Unsupported)
        {
            routes.MapCall("POST", Points + suffix, static call => throw BadRequestException.Unsupported(
                $"calls of `{call.Context.Request.Path.Value!.Split("/points/", 2)[^1]}`"));
        }
    }

    private static async Task OneAsync(
        ApiCall call, BodyReader<QueryRequest> read, Action<Utf8JsonWriter, PointsQueryAnswer> write)
    {
        Collection collection = call.Collection;
        QueryRequest request = await ReadAsync(call, collection.Schema, read).ConfigureAwait(false);
        PointsQueryAnswer answer = await new PointsQueryRun(call.Database, collection, request)
            .RunAsync(call.CancellationToken)
            .ConfigureAwait(false);
        await call.WriteResultAsync(answer, write, WriteExplanation).ConfigureAwait(false);
    }

    private static async Task BatchAsync(
        ApiCall call, BodyReader<IReadOnlyList<QueryRequest>> read, Action<Utf8JsonWriter, PointsQueryAnswer> write)
    {
        Collection collection = call.Collection;
        IReadOnlyList<QueryRequest> requests = await ReadAsync(call, collection.Schema, read).ConfigureAwait(false);
        var answers = new PointsQueryAnswer[requests.Count];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = call.CancellationToken,
        };
        await Parallel.ForAsync(0, requests.Count, parallel, async (i, cancellationToken)
            => answers[i] = await new PointsQueryRun(call.Database, collection, requests[i])
                .RunAsync(cancellationToken)
                .ConfigureAwait(false)).ConfigureAwait(false);
        await call.WriteResultAsync((answers, write), static (writer, state) =>
        {
            writer.WriteStartArray();
            foreach (PointsQueryAnswer answer in state.answers)
                state.write(writer, answer);
            writer.WriteEndArray();
        }, static (writer, state) => WriteExplanations(writer, state.answers)).ConfigureAwait(false);
    }

    private static void WriteExplanation(Utf8JsonWriter writer, PointsQueryAnswer answer)
    {
        if (answer.Explanations is not { } explanations)
            return;
        writer.WritePropertyName("explain"u8);
        ExplanationWriter.Write(writer, explanations);
    }

    /// <summary>A list for each query, empty for those that did not ask; nothing when none did.</summary>
    private static void WriteExplanations(Utf8JsonWriter writer, PointsQueryAnswer[] answers)
    {
        if (Array.TrueForAll(answers, answer => answer.Explanations is null))
            return;
        writer.WriteStartArray("explain"u8);
        foreach (PointsQueryAnswer answer in answers)
            ExplanationWriter.Write(writer, answer.Explanations ?? []);
        writer.WriteEndArray();
    }

    private static void WritePoints(Utf8JsonWriter writer, PointsQueryAnswer answer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("points"u8);
        WriteList(writer, answer);
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, PointsQueryAnswer answer)
    {
        writer.WriteStartArray();
        foreach (PointsQueryHit hit in answer.Hits)
            PointJsonWriter.WriteScored(writer, hit.Point, hit.Score, answer.Projection, answer.Schema, hit.Order);
        writer.WriteEndArray();
    }

    private static async Task<T> ReadAsync<T>(ApiCall call, CollectionSchema schema, BodyReader<T> read)
    {
        using RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false);
        var cursor = new JsonCursor(body.Span);
        T request = read(ref cursor, schema);
        cursor.EndDocument();
        return request;
    }
}
