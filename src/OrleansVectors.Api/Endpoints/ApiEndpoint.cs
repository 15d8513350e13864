namespace OrleansVectors.Api.Endpoints;

/// <summary>Marks an operation of the public API; what metrics and the document's test go by.</summary>
/// <param name="Pattern">The address with its parameters, as in the OpenAPI document.</param>
public sealed record ApiEndpoint(string Pattern);
