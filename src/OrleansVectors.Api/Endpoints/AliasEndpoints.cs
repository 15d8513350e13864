using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Json.Schemas;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Aliases: second names of collections.</summary>
internal static class AliasEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("POST", "/collections/aliases", ChangeAsync);
        routes.MapCall("GET", "/aliases", call => call.WriteResultAsync(call.Database.Aliases, Write));
        routes.MapCall("GET", "/collections/{collection_name}/aliases", ListOfCollectionAsync);
    }

    private static async Task ChangeAsync(ApiCall call)
    {
        IReadOnlyList<AliasAction> actions;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            actions = AliasActionsReader.Read(body.Span);
        await call.Database.ChangeAliasesAsync(actions, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(true).ConfigureAwait(false);
    }

    private static Task ListOfCollectionAsync(ApiCall call)
    {
        string collection = call.Collection.Name;
        return call.WriteResultAsync(call.Database.Aliases.Where(alias => alias.Value == collection), Write);
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> aliases)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("aliases"u8);
        foreach ((string alias, string collection) in aliases)
        {
            writer.WriteStartObject();
            writer.WriteString("alias_name"u8, alias);
            writer.WriteString("collection_name"u8, collection);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
