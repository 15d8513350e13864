using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Requests;

namespace OrleansVectors.Api.Endpoints;

/// <summary>How every operation is put under its address.</summary>
internal static class EndpointMapping
{
    /// <summary>
    /// Maps one operation. Around the handler: the common query parameters are read, <c>timeout</c> is enforced, and what it
    /// throws is answered by the one table.
    /// </summary>
    /// <param name="routes">Where.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="pattern">The address, <c>/collections/{collection_name}/points</c>, its parameters named as in the OpenAPI document.</param>
    /// <param name="handler">Reads, calls, writes.</param>
    /// <param name="parameters">Query parameters of its own, beside those that every operation takes.</param>
    public static IEndpointConventionBuilder MapCall(
        this IEndpointRouteBuilder routes, string method, string pattern, Func<ApiCall, Task> handler, params string[] parameters)
    {
        // Pages and scrapers bring parameters of their own to the service's addresses.
        bool isStrict = pattern.StartsWith("/collections", StringComparison.Ordinal) || pattern.StartsWith("/aliases", StringComparison.Ordinal)
            || pattern.StartsWith("/backups", StringComparison.Ordinal);
        return routes.MapMethods(pattern, [method], context => RunAsync(context, handler, isStrict, parameters)).WithMetadata(new ApiEndpoint(pattern));
    }

    private static async Task RunAsync(HttpContext context, Func<ApiCall, Task> handler, bool isStrict, string[] ownParameters)
    {
        CommonParameters parameters = default;
        CancellationTokenSource? deadline = null;
        try
        {
            if (!PathEscapes.AreValid(context.Features.Get<IHttpRequestFeature>()?.RawTarget))
                throw new BadRequestException("the path has a percent sign that is not followed by two hexadecimal digits, or bytes that are not UTF-8");
            if (isStrict)
                CommonParameters.CheckNames(context.Request.Query, ownParameters);
            parameters = CommonParameters.Read(context.Request.Query);
            CancellationToken cancellationToken = context.RequestAborted;
            if (parameters.TimeoutSeconds is int seconds)
            {
                deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
                deadline.CancelAfter(TimeSpan.FromSeconds(seconds));
                cancellationToken = deadline.Token;
            }

            await handler(new ApiCall(context, parameters, cancellationToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (OperationCanceledException exception) when (deadline?.IsCancellationRequested == true)
        {
            string message = $"Operation timed out after {parameters.TimeoutSeconds} seconds";
            await ErrorAnswers.AnswerAsync(context, new TimeoutException(message, exception)).ConfigureAwait(false);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await ErrorAnswers.AnswerAsync(context, exception).ConfigureAwait(false);
        }
        finally
        {
            deadline?.Dispose();
        }
    }
}
