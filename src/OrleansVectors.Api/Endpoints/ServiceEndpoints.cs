using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansVectors.Api.Metrics;
using OrleansVectors.Api.Requests;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Who answers, whether it is well, and its figures.</summary>
internal static class ServiceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCall("GET", "/", WelcomeAsync);

        // The database is open before the first request is taken, so a server that answers is ready.
        MapText(routes, "/healthz", "healthz check passed");
        MapText(routes, "/livez", "livez check passed");
        MapText(routes, "/readyz", "all shards are ready");
        routes.MapCall("GET", "/metrics", WriteMetricsAsync);
    }

    private static Task WelcomeAsync(ApiCall call)
        => call.WriteJsonAsync(call.Service<ApiOptions>().CompatibleVersion, static (writer, compatibleVersion) =>
        {
            writer.WriteStartObject();
            writer.WriteString("title"u8, "OrleansVectors - vector search engine");
            writer.WriteString("version"u8, compatibleVersion);
            writer.WriteString("commit"u8, ProductVersion.Commit);
            writer.WriteString("product_version"u8, ProductVersion.Number);
            writer.WriteEndObject();
        });

    private static async Task WriteMetricsAsync(ApiCall call)
    {
        string text = await MetricsText.ComposeAsync(
            call.Service<RequestMetrics>(), call.Database, call.CancellationToken).ConfigureAwait(false);
        call.Context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await call.Context.Response.WriteAsync(text, call.CancellationToken).ConfigureAwait(false);
    }

    private static void MapText(IEndpointRouteBuilder routes, string pattern, string text)
        => routes.MapCall("GET", pattern, call =>
        {
            call.Context.Response.ContentType = "text/plain; charset=utf-8";
            return call.Context.Response.WriteAsync(text, call.CancellationToken);
        });
}
