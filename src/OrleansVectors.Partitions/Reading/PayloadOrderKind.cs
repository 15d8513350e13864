namespace OrleansVectors.Partitions.Reading;

/// <summary>How a payload value is read for ordering.</summary>
public enum PayloadOrderKind : byte
{
    /// <summary>Integers and floating-point numbers.</summary>
    Number,

    /// <summary>RFC 3339 date-times, as microseconds since the Unix epoch.</summary>
    DateTime,
}
