namespace OrleansVectors.Partitions.Schemas;

/// <summary>Kinds of payload index, by the values they hold.</summary>
public enum PayloadIndexType : byte
{
    /// <summary>Strings, whole.</summary>
    Keyword,

    /// <summary>64-bit integers.</summary>
    Integer,

    /// <summary>Floating-point numbers.</summary>
    Float,

    /// <summary>Points on the earth: objects with <c>lon</c> and <c>lat</c>.</summary>
    Geo,

    /// <summary>Strings, by word.</summary>
    Text,

    /// <summary>Booleans.</summary>
    Bool,

    /// <summary>RFC 3339 date-times.</summary>
    DateTime,

    /// <summary>UUIDs in strings.</summary>
    Uuid,
}
