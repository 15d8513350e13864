using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansVectors.Api;
using OrleansVectors.Collections;
using OrleansVectors.Server.Configuration;

namespace OrleansVectors.Server.Hosting;

/// <summary>The web server around a database.</summary>
internal static class WebServer
{
    /// <summary>
    /// Builds it. It starts from an empty builder and is told its addresses one by one, so that no variable or file section of
    /// the web framework can make it listen anywhere else.
    /// </summary>
    /// <param name="settings">Where it listens, and its limits.</param>
    /// <param name="opening">The database, which is open before the server is started.</param>
    public static WebApplication Build(ServerSettings settings, Task<VectorDatabase> opening)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "OrleansVectors.Server",
        });
        builder.Logging
            .AddConfiguration(settings.Configuration.GetSection("Logging"))
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.UseUtcTimestamp = true;
            });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServerLimits.Shutdown);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Services.AddSingleton(_ => opening.Result);
        builder.Services.AddOrleansVectorsApi(settings.Api);

        WebApplication app = builder.Build();
        app.UseOrleansVectorsApi();
        app.UseRouting();
        app.MapOrleansVectorsApi();
        return app;
    }

    /// <summary>The addresses a started server listens on.</summary>
    public static IReadOnlyList<string> AddressesOf(WebApplication app)
        => [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    private static void Configure(KestrelServerOptions kestrel, ServerSettings settings)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = ServerLimits.ConnectionsMax;
        limits.MaxRequestBodySize = settings.Api.BodyBytesMax + ServerLimits.BodySlackBytes;
        limits.MaxRequestLineSize = ApiLimits.RequestLineBytesMax;
        limits.MaxRequestHeadersTotalSize = ApiLimits.HeaderBytesMax;
        limits.KeepAliveTimeout = ServerLimits.KeepAlive;
        limits.RequestHeadersTimeout = ServerLimits.Headers;
        limits.MinRequestBodyDataRate = new MinDataRate(ServerLimits.BytesPerSecondMin, ServerLimits.SlowGrace);
        limits.MinResponseDataRate = new MinDataRate(ServerLimits.BytesPerSecondMin, ServerLimits.SlowGrace);
        foreach (ListenAddress address in settings.Addresses)
        {
            if (address.Address is null)
                kestrel.ListenLocalhost(address.Port, ConfigureAddress);
            else
                kestrel.Listen(address.Address, address.Port, ConfigureAddress);
        }
    }

    private static void ConfigureAddress(ListenOptions address) => address.Protocols = HttpProtocols.Http1;
}
