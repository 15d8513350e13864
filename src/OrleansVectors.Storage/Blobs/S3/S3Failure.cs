using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;

namespace OrleansVectors.Storage.Blobs.S3;

/// <summary>Tells failures that may pass from those that will not, and says what they were without any secret.</summary>
internal static class S3Failure
{
    // What a store says of its own state, whatever the status it says it with.
    private static readonly HashSet<string> PassingCodes = new(StringComparer.Ordinal)
    {
        "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "ConditionalRequestConflict", "OperationAborted",
        "ThrottlingException", "TooManyRequests",
    };

    /// <summary>Whether the same request may succeed when it is sent again.</summary>
    public static bool IsPassing(Exception error)
    {
        if (error is S3AgainException)
        {
            return true;
        }

        if (Chain(error).Any(static cause => cause is AuthenticationException))
        {
            return false;
        }

        if (Answer(error) is AmazonServiceException answer)
        {
            return PassingCodes.Contains(answer.ErrorCode ?? "")
                || answer.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests
                    or HttpStatusCode.RequestTimeout;
        }

        return Chain(error).Any(static cause => cause is HttpRequestException or IOException or SocketException or OperationCanceledException);
    }

    /// <summary>Whether the store answered with a status.</summary>
    public static bool HasStatus(Exception error, HttpStatusCode status) => Answer(error)?.StatusCode == status;

    /// <summary>Whether the store said that the key, not the bucket, is not there.</summary>
    public static bool IsNoKey(Exception error)
        => Answer(error) is { StatusCode: HttpStatusCode.NotFound } answer && answer.ErrorCode is not ("NoSuchBucket" or "NoSuchUpload");

    public static string Describe(Exception error) => error switch
    {
        S3AgainException => error.Message,
        OperationCanceledException => "no answer in time",
        _ when Answer(error) is AmazonServiceException answer =>
            string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)answer.StatusCode} {answer.ErrorCode}: {answer.Message}"),
        _ => string.Join(": ", Chain(error).Select(static cause => cause.Message).Distinct()),
    };

    private static AmazonServiceException? Answer(Exception error)
        => Chain(error).OfType<AmazonServiceException>().FirstOrDefault(static answer => answer.StatusCode != 0);

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }
}
