namespace OrleansVectors.Server.Tests.Hosting;

/// <summary>One server for all tests of a class; each test uses collections of its own names.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private ServerProcess? _server;

    /// <summary>The process.</summary>
    public ServerProcess Process => _server ?? throw new InvalidOperationException("the server is not started");

    /// <summary>A client of it.</summary>
    public HttpClient Http => Process.Http;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
