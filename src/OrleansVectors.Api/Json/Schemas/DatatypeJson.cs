using OrleansVectors.Api.Errors;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The word for how components are stored.</summary>
internal static class DatatypeJson
{
    /// <summary>Reads <c>datatype</c>; null when it is not given.</summary>
    public static VectorDatatype? Read(ref JsonCursor cursor) => cursor.GetOneOfOrNull("float32", "float16", "uint8", "turbo4") switch
    {
        null => null,
        "float32" => VectorDatatype.Float32,
        "float16" => VectorDatatype.Float16,
        "uint8" => VectorDatatype.UInt8,
        _ => throw BadRequestException.Unsupported("turbo4 vectors"),
    };

    /// <summary>The word.</summary>
    public static string NameOf(VectorDatatype datatype) => datatype switch
    {
        VectorDatatype.Float32 => "float32",
        VectorDatatype.Float16 => "float16",
        VectorDatatype.UInt8 => "uint8",
        _ => throw new ArgumentOutOfRangeException(nameof(datatype)),
    };
}
