namespace OrleansVectors.Api;

/// <summary>What a host decides about the public API.</summary>
public sealed record ApiOptions
{
    /// <summary>Bytes of a request's body at most; up to <see cref="ApiLimits.BodyBytesMaxUpper"/>.</summary>
    public long BodyBytesMax { get; init; } = ApiLimits.BodyBytesMaxDefault;

    /// <summary>
    /// The version of the REST dialect that <c>GET /</c> names. Existing clients compare it with their own (same major,
    /// minor at most one apart) and warn or refuse otherwise.
    /// </summary>
    public string CompatibleVersion { get; init; } = "1.19.0";
}
