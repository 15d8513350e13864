using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Reads <c>{operations: [{upsert | delete | ...}]}</c>: updates of any kind, applied in their order.</summary>
internal static class OperationListJsonReader
{
    /// <summary>Reads the current value.</summary>
    public static IReadOnlyList<PointOperation> Read(ref JsonCursor cursor, VectorJsonReader vectors)
    {
        string path = cursor.Path;
        List<PointOperation>? operations = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (!cursor.NameIs("operations"u8))
                throw cursor.UnknownMember();
            operations = ReadList(ref cursor, vectors);
        }

        return operations ?? throw JsonCursor.Missing(path, "operations");
    }

    private static List<PointOperation> ReadList(ref JsonCursor cursor, VectorJsonReader vectors)
    {
        var operations = new List<PointOperation>();
        string path = cursor.Path;
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            string place = cursor.Path;
            PointOperation? operation = null;
            cursor.BeginObject();
            while (cursor.NextMember())
            {
                if (operation is not null)
                    throw new JsonFormatException(place, "expected one operation, found several");
                operation = ReadOne(ref cursor, vectors);
            }

            operations.Add(operation ?? throw new JsonFormatException(place, "expected one operation, found none"));
            if (operations.Count > PointLimits.OperationsMax)
            {
                throw new JsonValidationException(
                    path, $"of {operations.Count} operations or more", $"must be {PointLimits.OperationsMax} operations or fewer (OperationsMax)");
            }
        }

        return operations;
    }

    private static PointOperation ReadOne(ref JsonCursor cursor, VectorJsonReader vectors)
        => cursor.NameIs("upsert"u8) ? UpsertJsonReader.Read(ref cursor, vectors)
            : cursor.NameIs("delete"u8) ? UpdateJsonReader.ReadDelete(ref cursor)
            : cursor.NameIs("set_payload"u8) ? UpdateJsonReader.ReadSetPayload(ref cursor)
            : cursor.NameIs("overwrite_payload"u8) ? UpdateJsonReader.ReadOverwritePayload(ref cursor)
            : cursor.NameIs("delete_payload"u8) ? UpdateJsonReader.ReadDeletePayload(ref cursor)
            : cursor.NameIs("clear_payload"u8) ? UpdateJsonReader.ReadClearPayload(ref cursor)
            : cursor.NameIs("update_vectors"u8) ? UpdateJsonReader.ReadUpdateVectors(ref cursor, vectors)
            : cursor.NameIs("delete_vectors"u8) ? UpdateJsonReader.ReadDeleteVectors(ref cursor)
            : throw cursor.UnknownMember();
}
