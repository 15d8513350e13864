using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Json;
using OrleansVectors.Api.Json.Points;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Changes to points. All of a request is read and checked before any of it is written.</summary>
internal static class PointsWriteEndpoints
{
    private const string Points = "/collections/{collection_name}/points";

    private delegate PointOperation OneReader(ref JsonCursor cursor, VectorJsonReader vectors);

    private delegate IReadOnlyList<PointOperation> ListReader(ref JsonCursor cursor, VectorJsonReader vectors);

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapOne(routes, "PUT", "", UpsertJsonReader.Read);
        MapOne(routes, "POST", "/delete", static (ref cursor, _) => UpdateJsonReader.ReadDelete(ref cursor));
        MapOne(routes, "PUT", "/vectors", UpdateJsonReader.ReadUpdateVectors);
        MapOne(routes, "POST", "/vectors/delete", static (ref cursor, _) => UpdateJsonReader.ReadDeleteVectors(ref cursor));
        MapOne(routes, "POST", "/payload", static (ref cursor, _) => UpdateJsonReader.ReadSetPayload(ref cursor));
        MapOne(routes, "PUT", "/payload", static (ref cursor, _) => UpdateJsonReader.ReadOverwritePayload(ref cursor));
        MapOne(routes, "POST", "/payload/delete", static (ref cursor, _) => UpdateJsonReader.ReadDeletePayload(ref cursor));
        MapOne(routes, "POST", "/payload/clear", static (ref cursor, _) => UpdateJsonReader.ReadClearPayload(ref cursor));
        routes.MapCall("POST", Points + "/batch", call => WriteAsync(call, OperationListJsonReader.Read, static (writer, results) =>
        {
            writer.WriteStartArray();
            foreach (WriteResult result in results)
                PointJsonWriter.WriteUpdate(writer, result);
            writer.WriteEndArray();
        }));
    }

    private static void MapOne(IEndpointRouteBuilder routes, string method, string suffix, OneReader read)
        => routes.MapCall(method, Points + suffix, call => WriteAsync(
            call,
            (ref cursor, vectors) => [read(ref cursor, vectors)],
            static (writer, results) => PointJsonWriter.WriteUpdate(writer, results[0])));

    private static async Task WriteAsync(
        ApiCall call, ListReader read, Action<Utf8JsonWriter, IReadOnlyList<WriteResult>> writeResult)
    {
        Collection collection = call.Collection;
        var arena = new FloatArena();
        Task<IReadOnlyList<WriteResult>>? writing = null;
        try
        {
            IReadOnlyList<PointOperation> operations;
            using (RequestBody body = await call.ReadBodyAsync().ConfigureAwait(false))
                operations = Read(body.Span, collection.Schema, arena, read);

            // The write is not told of a caller that leaves: once begun it runs to its end, and it reads from the arena.
            writing = collection.WriteAsync(operations, call.Parameters.Wait, CancellationToken.None);
            IReadOnlyList<WriteResult> results = await writing.WaitAsync(call.CancellationToken).ConfigureAwait(false);
            await call.WriteResultAsync(results, writeResult).ConfigureAwait(false);
        }
        finally
        {
            if (writing is null || writing.IsCompleted)
                arena.Dispose();
            else
                _ = writing.ContinueWith(_ => arena.Dispose(), TaskScheduler.Default);
        }
    }

    private static IReadOnlyList<PointOperation> Read(
        ReadOnlySpan<byte> body, CollectionSchema schema, FloatArena arena, ListReader read)
    {
        var cursor = new JsonCursor(body);
        IReadOnlyList<PointOperation> operations = read(ref cursor, new VectorJsonReader(schema, arena));
        cursor.EndDocument();
        return operations;
    }
}
