using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Json;
using OrleansVectors.Api.Json.Points;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Points by id, in pages, counted, and by the values of a key.</summary>
internal static class PointsReadEndpoints
{
    private const string Points = "/collections/{collection_name}/points";

    private delegate T BodyReader<T>(ref JsonCursor cursor, CollectionSchema schema);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("GET", Points + "/{id}", GetAsync);
        routes.MapCall("POST", Points, RetrieveAsync);
        routes.MapCall("POST", Points + "/scroll", ScrollAsync);
        routes.MapCall("POST", Points + "/count", CountAsync);
        routes.MapCall("POST", "/collections/{collection_name}/facet", FacetAsync);
    }

    /// <summary>Refuses vector names that the collection does not have.</summary>
    public static void CheckNames(PointProjection projection, CollectionSchema schema)
    {
        foreach (string name in projection.VectorNames ?? [])
        {
            if (!schema.Vectors.ContainsKey(name))
                throw new InvalidInputException($"Not existing vector name error: {name} (in with_vector)");
        }
    }

    private static async Task GetAsync(ApiCall call)
    {
        Collection collection = call.Collection;
        string text = call.PathPart("id");
        if (!PointIdJson.TryParse(text, out PointId id))
            throw new InvalidInputException($"Can not recognize \"{text}\" as point id");
        IReadOnlyList<PointRecord> points = await collection
            .GetAsync([id], PointProjection.Everything, call.CancellationToken)
            .ConfigureAwait(false);
        if (points.Count == 0)
            throw new PointNotFoundException(id);
        await call.WriteResultAsync((Point: points[0], collection.Schema), static (writer, state)
            => PointJsonWriter.WriteRecord(writer, state.Point, PointProjection.Everything, state.Schema)).ConfigureAwait(false);
    }

    private static async Task RetrieveAsync(ApiCall call)
    {
        Collection collection = call.Collection;
        CollectionSchema schema = collection.Schema;
        (IReadOnlyList<PointId> ids, PointProjection projection) = await ReadAsync(
            call, schema, static (ref cursor, _) => RetrieveJsonReader.Read(ref cursor)).ConfigureAwait(false);
        CheckNames(projection, schema);
        IReadOnlyList<PointRecord> points = await collection
            .GetAsync(ids, projection, call.CancellationToken)
            .ConfigureAwait(false);
        await call.WriteResultAsync((points, projection, schema), static (writer, state) =>
        {
            writer.WriteStartArray();
            foreach (PointRecord point in state.points)
                PointJsonWriter.WriteRecord(writer, point, state.projection, state.schema);
            writer.WriteEndArray();
        }).ConfigureAwait(false);
    }

    private static async Task ScrollAsync(ApiCall call)
    {
        Collection collection = call.Collection;
        CollectionSchema schema = collection.Schema;
        ScrollRequest request = await ReadAsync(call, schema, ScrollJsonReader.Read).ConfigureAwait(false);
        CheckNames(request.Projection, schema);
        ScrollPage page = await collection.ScrollAsync(request, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync((page, request.Projection, schema), static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("points"u8);
            for (int i = 0; i < state.page.Points.Count; i++)
                PointJsonWriter.WriteRecord(writer, state.page.Points[i], state.Projection, state.schema, state.page.OrderValues?[i]);
            writer.WriteEndArray();
            writer.WritePropertyName("next_page_offset"u8);
            PointJsonWriter.WriteIdOrNull(writer, state.page.Next);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task CountAsync(ApiCall call)
    {
        Collection collection = call.Collection;
        Filter? filter = await ReadAsync(
            call, collection.Schema, static (ref cursor, _) => CountJsonReader.Read(ref cursor)).ConfigureAwait(false);
        long count = await collection.CountAsync(filter, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(count, static (Utf8JsonWriter writer, long value) =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("count"u8, value);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static async Task FacetAsync(ApiCall call)
    {
        Collection collection = call.Collection;
        FacetRequest request = await ReadAsync(call, collection.Schema, FacetJsonReader.Read).ConfigureAwait(false);
        IReadOnlyList<FacetHit> hits = await collection.FacetAsync(request, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(hits, static (writer, values) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("hits"u8);
            foreach (FacetHit hit in values)
            {
                writer.WriteStartObject();
                writer.WritePropertyName("value"u8);
                WriteValue(writer, hit.Value);
                writer.WriteNumber("count"u8, hit.Count);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void WriteValue(Utf8JsonWriter writer, FacetValue value)
    {
        switch (value.Kind)
        {
            case FacetValueKind.Boolean:
                writer.WriteBooleanValue(value.Integer != 0);
                break;
            case FacetValueKind.Integer:
                writer.WriteNumberValue(value.Integer);
                break;
            default:
                writer.WriteStringValue(value.Text);
                break;
        }
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
