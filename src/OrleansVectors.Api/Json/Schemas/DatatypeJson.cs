using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>The word for how components are stored.</summary>
internal static class DatatypeJson
{
    /// <summary>Reads <c>datatype</c>; null when it is not given.</summary>
    public static VectorDatatype? Read(ref JsonCursor cursor) => cursor.GetOneOfOrNull("float32", "float16", "uint8") switch
    {
        null => null,
        "float32" => VectorDatatype.Float32,
        "float16" => VectorDatatype.Float16,
        _ => VectorDatatype.UInt8,
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
