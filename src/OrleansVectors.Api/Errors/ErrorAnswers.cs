using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansVectors.Api.Json;
using OrleansVectors.Api.Requests;
using OrleansVectors.Collections.Backups;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions.Errors;

namespace OrleansVectors.Api.Errors;

/// <summary>The one table from what went wrong to status and text. Anything not in it is our fault: 500, logged, no internals.</summary>
public static class ErrorAnswers
{
    /// <summary>The text of a 500.</summary>
    public const string InternalErrorText = "Service internal error: the request failed unexpectedly; the server's log has the details";

    /// <summary>Status and text of an exception.</summary>
    public static (int Status, string Text) Describe(Exception exception) => exception switch
    {
        JsonFormatException => (400, $"Format error in JSON body: {exception.Message}"),
        JsonValidationException => (422, $"Validation error in JSON body: [{exception.Message}]"),
        QueryParameterException => (422, $"Validation error in query parameters: [{exception.Message}]"),
        PathParameterException => (422, $"Validation error in path parameters: [{exception.Message}]"),
        BadRequestException => (400, $"Bad request: {exception.Message}"),
        CollectionNotFoundException or AliasNotFoundException or PointNotFoundException => (404, $"Not found: {exception.Message}"),
        CollectionExistsException => (409, $"Wrong input: {exception.Message}"),
        InvalidInputException => (400, $"Wrong input: {exception.Message}"),
        LimitViolatedException => (422, $"Validation error in JSON body: [{exception.Message}]"),
        PartitionUnavailableException { InnerException: OperationTooLongException } => (413, $"Payload error: {exception.Message}"),
        ChangesUnavailableException => (410, $"Gone: {exception.Message}"),
        BackupException { InnerException: IOException } => (503, $"Service unavailable: {exception.Message}"),
        BackupException => (400, $"Bad request: {exception.Message}"),
        CollectionUnavailableException => (503, $"Service unavailable: {exception.Message}"),
        OutOfRoomException => (507, $"Insufficient storage: {exception.Message}"),
        PartitionUnavailableException => (503, $"Service unavailable: {exception.Message}"),
        NotFoundException => (404, $"Not found: {exception.Message}"),
        BodyTooLargeException => (413, $"Payload error: {exception.Message}"),
        TimeoutException => (408, $"Timeout error: {exception.Message}"),
        BadHttpRequestException { StatusCode: 413 } => (413, $"Payload error: {exception.Message}"),
        BadHttpRequestException bad => (bad.StatusCode, $"Bad request: {bad.Message}"),
        _ => (500, InternalErrorText),
    };

    /// <summary>Answers a failed request with the error envelope, unless the answer is already under way.</summary>
    internal static Task AnswerAsync(HttpContext context, Exception exception)
    {
        (int status, string text) = Describe(exception);
        if (status >= 500)
        {
            ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("OrleansVectors.Api");
            if (exception is OutOfRoomException)
            {
                // Nothing failed, a bound was reached: that is said for every request, and where it was found helps nobody.
                logger.LogWarning("{Method} {Path} was refused: {Reason}", context.Request.Method, context.Request.Path, text);
            }
            else
            {
                logger.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            }
        }

        context.Response.Clear();
        return ApiCall.WriteErrorAsync(context, status, text);
    }
}
