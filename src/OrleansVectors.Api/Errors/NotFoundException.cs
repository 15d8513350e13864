namespace OrleansVectors.Api.Errors;

/// <summary>Something an address names does not exist. Answered 404.</summary>
public sealed class NotFoundException(string message) : Exception(message);
