namespace OrleansVectors.Faults.Rest;

/// <summary>The server is there and does not answer.</summary>
internal sealed class NoAnswerException(string message) : Exception(message);
