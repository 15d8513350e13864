namespace OrleansVectors.Api.Json.Points;

/// <summary>Another collection, and optionally another vector name, to take a query point's vector from.</summary>
internal sealed record LookupLocation(string Collection, string? Vector);
