using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Reading;

/// <summary>Order by a number or a date-time in the payload; a point without one is left out, a point with several appears once for each.</summary>
/// <param name="Key">Where the value is.</param>
/// <param name="Descending">Largest first.</param>
/// <param name="StartFrom">First value of the page (inclusive): a number, or a date-time in microseconds since the Unix epoch.</param>
/// <param name="Kind">How values are read.</param>
public sealed record PayloadOrder(PayloadPath Key, bool Descending, OrderValue? StartFrom, PayloadOrderKind Kind);
