using System.Net;
using Microsoft.AspNetCore.Http;

namespace OrleansVectors.Api;

/// <summary>
/// Tells requests that a web page of somebody else sends through a browser on this machine. Without credentials, being on
/// this machine is all that lets a caller in, and a browser is on this machine whatever page it shows.
/// </summary>
/// <remarks>
/// A page cannot hide two things: the name it reached us by (Host: a name of its own that was made to point here), and
/// where it came from (Origin, on everything but plain reads). Programs send no Origin and a Host they were told.
/// </remarks>
internal static class ForeignCaller
{
    /// <summary>Why the request is refused; null when it is not.</summary>
    public static string? Reason(HttpRequest request)
    {
        if (request.Host.HasValue && !IsLoopback(request.Host.Host))
            return $"Forbidden: Host: value {request.Host.Host} invalid, must be localhost or a loopback address";
        foreach (string? origin in request.Headers.Origin)
        {
            bool isOwn = Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && IsLoopback(page.Host);
            if (!isOwn)
                return $"Forbidden: Origin: value {origin} invalid, must be a page of localhost or a loopback address";
        }

        return null;
    }

    private static bool IsLoopback(string host)
        => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
