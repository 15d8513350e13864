using System.Net;

namespace OrleansVectors.Cli.Rest;

/// <summary>The server answered, and said no.</summary>
internal sealed class ApiRefusedException(HttpStatusCode status, string message)
    : Exception($"the server refused ({(int)status}): {message}")
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The server's own words.</summary>
    public string ServerMessage { get; } = message;
}
