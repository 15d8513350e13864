using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LocalLogsConformance : OperationLogConformance
{
    protected override ILogStore Store => LocalLogs.Instance;
}
