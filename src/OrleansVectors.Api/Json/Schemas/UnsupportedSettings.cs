using OrleansVectors.Api.Errors;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Settings of the dialect that would change results and do not exist here yet: refused, never ignored.</summary>
internal static class UnsupportedSettings
{
    /// <summary><c>sparse_vectors</c>: null or an empty object.</summary>
    public static void ReadSparseVectors(ref JsonCursor cursor)
    {
        if (cursor.IsNull)
            return;
        cursor.BeginObject();
        if (cursor.NextMember())
            throw BadRequestException.Unsupported("sparse vectors");
    }

    /// <summary><c>multivector_config</c>: null.</summary>
    public static void ReadMultivector(ref JsonCursor cursor)
    {
        if (!cursor.IsNull)
            throw BadRequestException.Unsupported("multivectors");
    }

    /// <summary><c>datatype</c>: null or <c>float32</c>.</summary>
    public static void ReadDatatype(ref JsonCursor cursor)
    {
        if (cursor.GetOneOfOrNull("float32", "float16", "uint8", "turbo4") is string datatype and not "float32")
            throw BadRequestException.Unsupported($"{datatype} vectors");
    }
}
