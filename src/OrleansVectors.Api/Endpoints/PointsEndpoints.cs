using Microsoft.AspNetCore.Routing;

namespace OrleansVectors.Api.Endpoints;

/// <summary>Points: writing, reading and querying.</summary>
internal static class PointsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        PointsWriteEndpoints.Map(routes);
        PointsReadEndpoints.Map(routes);
        PointsQueryEndpoints.Map(routes);
    }
}
