using System.Diagnostics;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>
/// Builds a partition's new payload indexes in the background: slices of a few milliseconds on the applier, between
/// operations, so that an index has one writer and writes hardly wait.
/// </summary>
internal sealed class PayloadIndexBuilder(PayloadIndexSet indexes, WritePipeline writes) : IAsyncDisposable
{
    private const uint StepPoints = 1024;
    private static readonly TimeSpan s_sliceTime = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private Task _work = Task.CompletedTask;
    private volatile Exception? _failure;

    /// <summary>Why an index cannot be used; null while all can, or will.</summary>
    public string? Failure
        => _failure?.Message ?? (indexes.Broken.FirstOrDefault() is { } path ? $"there was no memory for the payload index of {path}" : null);

    /// <summary>Whether an index is being built.</summary>
    public bool IsPending => _failure is null && indexes.IsPending;

    /// <summary>Says that there may be an index to build.</summary>
    public void Notify()
    {
        lock (_lock)
        {
            if (_work.IsCompleted && IsPending)
            {
                _work = Task.Run(BuildAsync);
            }
        }
    }

    /// <summary>Waits for the slice that runs. The pipeline takes no more by then, so there is none after it.</summary>
    public async ValueTask DisposeAsync() => await _work.ConfigureAwait(false);

    private async Task BuildAsync()
    {
        try
        {
            for (bool more = true; more;)
            {
                await writes.RunBetweenOperationsAsync(() => more = BuildSlice()).ConfigureAwait(false);
            }
        }
        catch (PartitionClosedException)
        {
            // The partition is being closed; the next opening builds again.
        }
#pragma warning disable CA1031 // searches do without the index; the cause is kept for whoever asks
        catch (Exception error)
#pragma warning restore CA1031
        {
            _failure = error;
        }
    }

    private bool BuildSlice()
    {
        long start = Stopwatch.GetTimestamp();
        while (indexes.BuildSlice(StepPoints))
        {
            if (Stopwatch.GetElapsedTime(start) > s_sliceTime)
            {
                return true;
            }
        }

        return false;
    }
}
