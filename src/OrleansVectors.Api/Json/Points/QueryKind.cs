namespace OrleansVectors.Api.Json.Points;

/// <summary>What a query asks for.</summary>
internal enum QueryKind : byte
{
    /// <summary>No query: points in id order.</summary>
    None,

    /// <summary>The points nearest to a vector.</summary>
    NearestToVector,

    /// <summary>The points nearest to a stored point's vector.</summary>
    NearestToPoint,

    /// <summary>Points by a payload value.</summary>
    OrderBy,
}
