namespace OrleansVectors.Partitions.Writing;

/// <summary>Bounds the bytes of writes that wait: who would exceed the bound waits in line. One larger than all passes alone.</summary>
internal sealed class ByteBudget(long bytesMax)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Admitted)> _line = new();
    private long _taken;

    public ValueTask TakeAsync(long bytes)
    {
        lock (_lock)
        {
            if (_line.Count == 0 && Fits(bytes))
            {
                _taken += bytes;
                return ValueTask.CompletedTask;
            }

            TaskCompletionSource admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Enqueue((bytes, admitted));
            return new ValueTask(admitted.Task);
        }
    }

    public void Return(long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            while (_line.TryPeek(out (long Bytes, TaskCompletionSource Admitted) first) && Fits(first.Bytes))
            {
                _taken += first.Bytes;
                _line.Dequeue().Admitted.SetResult();
            }
        }
    }

    private bool Fits(long bytes) => _taken == 0 || _taken + bytes <= bytesMax;
}
