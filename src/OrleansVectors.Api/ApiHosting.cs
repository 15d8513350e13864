using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansVectors.Api.Endpoints;
using OrleansVectors.Api.Metrics;

namespace OrleansVectors.Api;

/// <summary>How a host takes the public API on: services, then the middleware first, then the endpoints.</summary>
public static class ApiHosting
{
    /// <summary>
    /// Adds what the endpoints need. The host adds the <see cref="OrleansVectors.Collections.VectorDatabase"/> as a
    /// singleton itself, open before the first request.
    /// </summary>
    public static IServiceCollection AddOrleansVectorsApi(this IServiceCollection services, ApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BodyBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BodyBytesMax, ApiLimits.BodyBytesMaxUpper);
        services.AddRouting();
        services.AddSingleton(options);
        services.AddSingleton<RequestMetrics>();
        return services;
    }

    /// <summary>Adds the envelope, timing and counting around everything; call it before other middleware.</summary>
    public static IApplicationBuilder UseOrleansVectorsApi(this IApplicationBuilder app)
        => app.UseMiddleware<ApiMiddleware>();

    /// <summary>Maps every operation of the public API.</summary>
    public static IEndpointRouteBuilder MapOrleansVectorsApi(this IEndpointRouteBuilder routes)
    {
        ServiceEndpoints.Map(routes);
        PageEndpoints.Map(routes);
        CollectionEndpoints.Map(routes);
        AliasEndpoints.Map(routes);
        ChangeEndpoints.Map(routes);
        BackupEndpoints.Map(routes);
        SchemaEndpoints.Map(routes);
        PointsEndpoints.Map(routes);
        return routes;
    }
}
