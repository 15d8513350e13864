namespace OrleansVectors.Storage.Tests.Postgres;

/// <summary>The one server of a test run, started when the first test wants it. Its tests run one after another: some stop it.</summary>
public sealed class PostgresFixture : IDisposable
{
    private PostgresServer? _server;

    public PostgresFixture()
        => AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose(); // also when the run is interrupted

    /// <summary>The server, running; skips the test where there can be none.</summary>
    internal PostgresServer Require()
    {
        if (_server is null)
        {
            PostgresInstallation? installation = PostgresInstallation.Find(out string reason);
            Assert.SkipWhen(installation is null, reason);
            _server = new PostgresServer(installation!);
            _server.Start();
        }

        return _server;
    }

    public void Dispose() => Interlocked.Exchange(ref _server, null)?.Dispose();
}
