using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Json.Schemas;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Collections: create, describe, change, delete, list.</summary>
internal static class CollectionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("GET", "/collections", ListAsync);
        routes.MapCall("PUT", "/collections/{collection_name}", CreateAsync);
        routes.MapCall("GET", "/collections/{collection_name}", DescribeAsync);
        routes.MapCall("PATCH", "/collections/{collection_name}", ChangeAsync);
        routes.MapCall("DELETE", "/collections/{collection_name}", DeleteAsync);
        routes.MapCall("GET", "/collections/{collection_name}/exists", ExistsAsync);
    }

    private static Task ListAsync(ApiCall call)
        => call.WriteResultAsync(call.Database.CollectionNames, static (writer, names) =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("collections"u8);
            foreach (string name in names)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, name);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    private static async Task CreateAsync(ApiCall call)
    {
        string name = call.PathPart("collection_name");
        NameRules.CheckCollectionName(name);
        CollectionSchema schema;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            schema = CreateCollectionReader.Read(body.Span);
        await call.Database.CreateCollectionAsync(name, schema, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(true).ConfigureAwait(false);
    }

    private static async Task DescribeAsync(ApiCall call)
    {
        if (call.Database.FindUnavailable(call.PathPart("collection_name")) is { Schema: not null } broken)
        {
            await call.WriteResultAsync(broken, CollectionInfoWriter.WriteUnavailable).ConfigureAwait(false);
            return;
        }

        Collection collection = call.Collection;
        CollectionStatistics statistics = await collection.StatisticsAsync(call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync((collection.Schema, statistics, collection.Recall), CollectionInfoWriter.Write).ConfigureAwait(false);
    }

    private static async Task ChangeAsync(ApiCall call)
    {
        CollectionChange change;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            change = CollectionChange.Read(body.Span);
        await call.Collection.ChangeSchemaAsync(change.ApplyTo, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(true).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        bool existed = await call.Database
            .DeleteCollectionAsync(call.PathPart("collection_name"), call.CancellationToken)
            .ConfigureAwait(false);
        await call.WriteResultAsync(existed).ConfigureAwait(false);
    }

    private static Task ExistsAsync(ApiCall call)
    {
        string name = call.PathPart("collection_name");
        bool exists = call.Database.TryGetCollection(name, out _) || call.Database.FindUnavailable(name) is not null;
        return call.WriteResultAsync(exists, static (Utf8JsonWriter writer, bool value) =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("exists"u8, value);
            writer.WriteEndObject();
        });
    }
}
