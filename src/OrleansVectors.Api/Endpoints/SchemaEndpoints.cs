using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Json.Schemas;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Payload indexes and vector names, which come and go while a collection lives.</summary>
internal static class SchemaEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("PUT", "/collections/{collection_name}/index", CreateIndexAsync);
        routes.MapCall("DELETE", "/collections/{collection_name}/index/{field_name}", DeleteIndexAsync);
        routes.MapCall("PUT", "/collections/{collection_name}/vectors/{vector_name}", CreateVectorAsync);
        routes.MapCall("DELETE", "/collections/{collection_name}/vectors/{vector_name}", DeleteVectorAsync);
    }

    private static async Task CreateIndexAsync(ApiCall call)
    {
        string field;
        PayloadIndexSettings index;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            (field, index) = PayloadIndexReader.Read(body.Span);
        await ChangeAsync(call, schema => schema with
        {
            PayloadIndexes = new Dictionary<string, PayloadIndexSettings>(schema.PayloadIndexes, StringComparer.Ordinal)
            {
                [field] = index,
            },
        }).ConfigureAwait(false);
    }

    private static Task DeleteIndexAsync(ApiCall call)
    {
        string field = call.PathPart("field_name");
        return ChangeAsync(call, schema => schema with
        {
            PayloadIndexes = Without(schema.PayloadIndexes, field),
        });
    }

    private static async Task CreateVectorAsync(ApiCall call)
    {
        string name = call.PathPart("vector_name");
        NameRules.CheckVectorName(name);
        VectorSchema vector;
        EchoedSettingsBuilder echoed;
        using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
            (vector, echoed) = NewVectorReader.Read(body.Span, name);
        await ChangeAsync(call, schema =>
        {
            if (schema.Vectors.TryGetValue(name, out VectorSchema? present))
            {
                return present == vector
                    ? schema
                    : throw new InvalidInputException($"Vector name `{name}` already exists with other parameters");
            }

            if (schema.Vectors.Count >= CollectionLimits.VectorNamesMax)
            {
                throw new InvalidInputException(
                    $"A collection has at most {CollectionLimits.VectorNamesMax} vector names");
            }

            return schema with
            {
                Vectors = new Dictionary<string, VectorSchema>(schema.Vectors, StringComparer.Ordinal) { [name] = vector },
                EchoedSettings = echoed.Over(schema.EchoedSettings),
            };
        }).ConfigureAwait(false);
    }

    private static Task DeleteVectorAsync(ApiCall call)
    {
        string name = call.PathPart("vector_name");
        return ChangeAsync(call, schema =>
        {
            if (!schema.Vectors.ContainsKey(name))
                throw InvalidInputException.UnknownVector(name);
            IReadOnlyDictionary<string, string> settings = Without(schema.EchoedSettings, SettingName.VectorMemory(name));
            return schema with
            {
                Vectors = Without(schema.Vectors, name),
                EchoedSettings = Without(settings, SettingName.VectorHnswMemory(name)),
            };
        });
    }

    private static async Task ChangeAsync(ApiCall call, Func<CollectionSchema, CollectionSchema> change)
    {
        await call.Collection.ChangeSchemaAsync(change, call.CancellationToken).ConfigureAwait(false);
        await call.WriteResultAsync(call.Parameters.Wait, static (writer, wait) =>
        {
            // A change of the schema has no number of its own in a partition's log.
            writer.WriteStartObject();
            writer.WriteNull("operation_id"u8);
            writer.WriteString("status"u8, wait ? "completed"u8 : "acknowledged"u8);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static Dictionary<string, T> Without<T>(IReadOnlyDictionary<string, T> present, string name)
    {
        var rest = new Dictionary<string, T>(present, StringComparer.Ordinal);
        rest.Remove(name);
        return rest;
    }
}
