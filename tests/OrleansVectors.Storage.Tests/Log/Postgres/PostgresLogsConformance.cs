using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Log.Postgres;
using OrleansVectors.Storage.Tests.Postgres;

namespace OrleansVectors.Storage.Tests.Log.Postgres;

[Collection(PostgresGroup.Name)]
public sealed class PostgresLogsConformance : OperationLogConformance
{
    private readonly PostgresLogs _logs;

    public PostgresLogsConformance(PostgresFixture fixture)
    {
        PostgresServer server = fixture.Require();
        _logs = new PostgresLogs(new PostgresLogsOptions { ConnectionString = server.ConnectionString(), Schema = PostgresServer.NewSchema() });
    }

    protected override ILogStore Store => _logs;

    public override void Dispose()
    {
        base.Dispose();
        _logs.Dispose();
    }
}
