using OrleansVectors.Faults.Server;

namespace OrleansVectors.Faults.Histories;

/// <summary>A server that is killed and started again under its clients, which wait here for the next life.</summary>
internal sealed class ServerLives(ServerProcess server)
{
    private readonly Lock _gate = new();
    private readonly List<long> _readyTimes = [];
    private TaskCompletionSource<ServerLife> _alive = New();

    /// <summary>For each life when it began to answer.</summary>
    public IReadOnlyList<long> ReadyTimes => _readyTimes;

    /// <summary>The server of the present life, once there is one.</summary>
    public Task<ServerLife> AliveAsync()
    {
        lock (_gate)
            return _alive.Task;
    }

    /// <summary>Starts the next life.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAsync(Func<long> now)
    {
        TimeSpan time = await server.StartAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _readyTimes.Add(now());
            _alive.SetResult(new ServerLife(server.Rest, _readyTimes.Count - 1));
        }

        return time;
    }

    /// <summary>Ends the present life.</summary>
    public void Kill()
    {
        lock (_gate)
            _alive = New();
        server.Kill();
    }

    private static TaskCompletionSource<ServerLife> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
