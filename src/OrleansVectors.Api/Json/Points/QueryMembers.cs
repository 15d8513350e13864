using System.Text.Json;
using OrleansVectors.Api.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads the member <c>query</c>: a vector, a point id, or an object with the kind of query as its one key.</summary>
internal static class QueryMembers
{
    /// <summary>Adds the current value to a request.</summary>
    public static QueryRequest Read(ref JsonCursor cursor, QueryRequest request, CollectionSchema schema)
        => cursor.IsNull ? request
            : cursor.Token == JsonTokenType.StartObject ? ReadObject(ref cursor, request, schema)
            : ReadNearest(ref cursor, request);

    /// <summary>Adds a vector or a point id to a request.</summary>
    public static QueryRequest ReadNearest(ref JsonCursor cursor, QueryRequest request)
    {
        string path = cursor.Path;
        switch (cursor.Token)
        {
            case JsonTokenType.StartArray:
                using (var arena = new FloatArena())
                {
                    // A copy: a search given up may still be reading when the pool lends the memory again.
                    float[] vector = VectorJsonReader.ReadQuery(ref cursor, arena, out int rows);
                    return request with { Kind = QueryKind.NearestToVector, Vector = vector, VectorRows = rows, QueryPath = path };
                }

            case JsonTokenType.StartObject:
                throw VectorJsonReader.Unsupported(ref cursor, "sparse vectors and vectors made by a model");
            case JsonTokenType.Number or JsonTokenType.String:
                PointId point = PointIdJson.Read(ref cursor);
                return request with { Kind = QueryKind.NearestToPoint, Point = point, QueryPath = path };
            default:
                throw cursor.Unexpected("a vector, a point id or a query object");
        }
    }

    private static QueryRequest ReadObject(ref JsonCursor cursor, QueryRequest request, CollectionSchema schema)
    {
        string path = cursor.Path;
        QueryRequest? read = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("mmr"u8) && cursor.IsNull)
                continue;
            if (read is not null && !cursor.NameIs("mmr"u8))
                throw new JsonFormatException(path, "expected one kind of query, found several");
            if (cursor.NameIs("nearest"u8))
                read = ReadNearest(ref cursor, request);
            else if (cursor.NameIs("order_by"u8))
                read = request with { Kind = QueryKind.OrderBy, Order = OrderByJson.Read(ref cursor, schema) };
            else
                throw Refuse(ref cursor);
        }

        return read ?? throw new JsonFormatException(path, "expected a kind of query, as `nearest`, found an empty object");
    }

    private static Exception Refuse(ref JsonCursor cursor) => cursor.Name switch
    {
        "recommend" or "discover" or "context" or "fusion" or "rrf" or "formula" or "sample" or "relevance_feedback" or "mmr"
            => BadRequestException.Unsupported($"{cursor.Path}: `{cursor.Name}` queries"),
        "indices" or "values" => VectorJsonReader.Unsupported(ref cursor, "sparse vectors"),
        "text" or "image" or "object" or "model" or "options"
            => VectorJsonReader.Unsupported(ref cursor, "vectors made by a model (text, image, object)"),
        _ => cursor.UnknownMember(),
    };
}
