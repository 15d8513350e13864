namespace OrleansVectors.Collections.Local;

/// <summary>Closes partitions that nobody uses, and deletes the files of closed ones when this machine is to hold fewer.</summary>
internal sealed class IdleKeeper : IAsyncDisposable
{
    private static readonly TimeSpan RoundMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RoundMax = TimeSpan.FromSeconds(10);

    private readonly IdleOptions _options;
    private readonly Func<IReadOnlyCollection<LocalCollection>> _collections;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public IdleKeeper(IdleOptions options, Func<IReadOnlyCollection<LocalCollection>> collections)
    {
        _options = options;
        _collections = collections;
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan unloadAfter = _options.UnloadAfter!.Value;
        TimeSpan round = unloadAfter / 4;
        round = round < RoundMin ? RoundMin : round > RoundMax ? RoundMax : round;
        while (true)
        {
            await Task.Delay(round, _stop.Token).ConfigureAwait(false);
            foreach (LocalPartition partition in Partitions().Where(partition => partition.IsLoaded && partition.Idle >= unloadAfter))
            {
                _stop.Token.ThrowIfCancellationRequested();
                await TryAsync(() => partition.UnloadAsync(unloadAfter)).ConfigureAwait(false);
            }

            if (_options.CacheBytesMax is { } bytesMax)
            {
                await TryAsync(() => EvictAsync(bytesMax)).ConfigureAwait(false);
            }
        }
    }

    private async Task EvictAsync(long bytesMax)
    {
        List<(LocalPartition Partition, long Bytes)> closed = [.. Partitions()
            .Where(partition => !partition.IsLoaded)
            .OrderByDescending(partition => partition.Idle)
            .Select(partition => (partition, partition.DiskBytes))];
        long bytes = closed.Sum(partition => partition.Bytes);
        foreach ((LocalPartition partition, long own) in closed.TakeWhile(_ => bytes > bytesMax))
        {
            _stop.Token.ThrowIfCancellationRequested();
            bytes -= own > 0 && await partition.EvictAsync().ConfigureAwait(false) ? own : 0;
        }
    }

    /// <summary>Files come and go while they are looked at, and disks fail: the next round tries again.</summary>
    private static async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private IEnumerable<LocalPartition> Partitions() => _collections().SelectMany(collection => collection.Partitions);
}
