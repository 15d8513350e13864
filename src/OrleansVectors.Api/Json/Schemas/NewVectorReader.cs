using OrleansVectors.Api.Errors;
using OrleansVectors.Collections.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Reads the body that adds a vector name: <c>{dense: ...}</c> or, not here yet, <c>{sparse: ...}</c>.</summary>
internal static class NewVectorReader
{
    /// <summary>The new vector and the settings kept beside it.</summary>
    public static (VectorSchema Vector, EchoedSettingsBuilder Echoed) Read(ReadOnlySpan<byte> body, string vectorName)
    {
        var cursor = new JsonCursor(body);
        var echoed = new EchoedSettingsBuilder();
        VectorSchema? vector = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("sparse"u8))
                throw BadRequestException.Unsupported("sparse vectors");
            if (!cursor.NameIs("dense"u8))
                throw cursor.UnknownMember();
            vector = VectorSchemaReader.Read(ref cursor, vectorName, echoed);
        }

        cursor.EndDocument();
        return (vector ?? throw JsonCursor.Missing("", "dense"), echoed);
    }
}
