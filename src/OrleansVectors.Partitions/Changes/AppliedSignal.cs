namespace OrleansVectors.Partitions.Changes;

/// <summary>Wakes those who wait for the next operation to be applied. Costs the applier a read when nobody does.</summary>
internal sealed class AppliedSignal
{
    private TaskCompletionSource? _waiting;

    /// <summary>Ends at the next <see cref="Raise"/>. Take it before looking at what has been applied, or what comes in between is missed.</summary>
    public Task Next
    {
        get
        {
            TaskCompletionSource fresh = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _waiting, fresh, null) ?? fresh).Task;
        }
    }

    /// <summary>Says that something has been applied, or that nothing will be any more.</summary>
    public void Raise()
    {
        if (Volatile.Read(ref _waiting) is not null)
        {
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
        }
    }
}
