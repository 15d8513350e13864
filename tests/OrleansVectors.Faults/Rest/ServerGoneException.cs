namespace OrleansVectors.Faults.Rest;

/// <summary>The connection broke before an answer came: what was asked may have been done or not.</summary>
internal sealed class ServerGoneException(string message) : Exception(message);
