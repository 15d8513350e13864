using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansVectors.Api.Endpoints;
using OrleansVectors.Api.Errors;
using OrleansVectors.Api.Metrics;
using OrleansVectors.Api.Requests;

namespace OrleansVectors.Api;

/// <summary>
/// Around everything: notes when a request began, answers what no endpoint answered with the error envelope, and counts.
/// </summary>
internal sealed class ApiMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        ApiCall.MarkStart(context);
        try
        {
            if (ForeignCaller.Reason(context.Request) is { } reason)
            {
                await ApiCall.WriteErrorAsync(context, StatusCodes.Status403Forbidden, reason).ConfigureAwait(false);
                return;
            }

            await next(context).ConfigureAwait(false);
            await AnswerUnansweredAsync(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await ErrorAnswers.AnswerAsync(context, exception).ConfigureAwait(false);
        }
        finally
        {
            string pattern = context.GetEndpoint()?.Metadata.GetMetadata<ApiEndpoint>()?.Pattern ?? "(none)";
            context.RequestServices.GetRequiredService<RequestMetrics>().Record(
                pattern == "(none)" ? "(any)" : context.Request.Method,
                pattern,
                context.Response.StatusCode,
                Stopwatch.GetElapsedTime(ApiCall.StartOf(context)));
        }
    }

    /// <summary>Routing leaves a bare status when no endpoint has the address or the method.</summary>
    private static Task AnswerUnansweredAsync(HttpContext context)
    {
        if (context.Response.HasStarted || context.Response.ContentType is not null)
            return Task.CompletedTask;
        HttpRequest request = context.Request;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ApiCall.WriteErrorAsync(
                context, 404, $"Not found: no operation at {request.Method} {request.Path}"),
            StatusCodes.Status405MethodNotAllowed => ApiCall.WriteErrorAsync(
                context, 405, $"Method not allowed: {request.Path} takes {context.Response.Headers.Allow}, not {request.Method}"),
            _ => Task.CompletedTask,
        };
    }
}
