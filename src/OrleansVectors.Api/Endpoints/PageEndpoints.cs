using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OrleansVectors.Api.Endpoints;

/// <summary>The OpenAPI document and the page to try it, both embedded.</summary>
internal static class PageEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapResource(routes, "/openapi.json", "OpenApi.openapi.json", "application/json");
        MapResource(routes, "/docs", "Pages.docs.html", "text/html; charset=utf-8");
    }

    private static void MapResource(IEndpointRouteBuilder routes, string pattern, string resource, string contentType)
    {
        byte[] content = Load(resource);
        routes.MapCall("GET", pattern, call =>
        {
            HttpResponse response = call.Context.Response;
            response.ContentType = contentType;
            response.ContentLength = content.Length;
            response.Headers.CacheControl = "no-cache";
            response.Headers.XContentTypeOptions = "nosniff";
            return response.Body.WriteAsync(content, call.CancellationToken).AsTask();
        });
    }

    private static byte[] Load(string resource)
    {
        Assembly assembly = typeof(PageEndpoints).Assembly;
        using Stream stream = assembly.GetManifestResourceStream($"OrleansVectors.Api.{resource}")
            ?? throw new InvalidOperationException($"{resource} is not embedded");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
