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
}
