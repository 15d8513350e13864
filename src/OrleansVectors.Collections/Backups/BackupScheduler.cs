namespace OrleansVectors.Collections.Backups;

/// <summary>Takes backups again and again. One that fails is tried again when the next is due; what it was to take goes into that.</summary>
internal sealed class BackupScheduler : IAsyncDisposable
{
    private readonly DatabaseBackups _backups;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private volatile BackupOutcome? _last;

    public BackupScheduler(DatabaseBackups backups, TimeSpan interval)
    {
        _backups = backups;
        _interval = interval;
        _loop = Task.Run(RunAsync);
    }

    public BackupOutcome? Last => _last;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await Task.Delay(_interval, _stop.Token).ConfigureAwait(false);
            try
            {
                await _backups.TakeScheduledAsync(_stop.Token).ConfigureAwait(false);
                _last = new BackupOutcome(DateTimeOffset.UtcNow, Failure: null);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // kept for whoever asks; nothing is lost by it but time
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _last = new BackupOutcome(_last?.Succeeded, failure.Message);
            }
        }
    }
}
