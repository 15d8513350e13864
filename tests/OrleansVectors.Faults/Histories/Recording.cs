using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansVectors.Faults.Histories;

/// <summary>
/// What happened to one register, from all clients. Times are microseconds of the monotonic clock since the run began.
/// </summary>
internal sealed class Recording(long started)
{
    private readonly ConcurrentQueue<(Operation Operation, int Life)> _operations = new();

    /// <summary>The time now.</summary>
    public long Now => (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds;

    /// <summary>Adds an operation that was answered.</summary>
    public void Add(Operation operation) => _operations.Enqueue((operation, 0));

    /// <summary>Adds an operation that the server of some life left unanswered.</summary>
    public void AddUnknown(Operation operation, int life) => _operations.Enqueue((operation with { IsUnknown = true, Returned = Operation.Never }, life));

    /// <summary>
    /// The history. A server that is dead changes nothing any more, so what it left unanswered has had its effect by the time
    /// the next one answers.
    /// </summary>
    /// <param name="readyTimes">For each life of the server when it began to answer.</param>
    public IReadOnlyList<Operation> Complete(IReadOnlyList<long> readyTimes)
        =>
        [
            .. _operations.Select(entry => entry.Operation.IsUnknown && entry.Life + 1 < readyTimes.Count
                ? entry.Operation with { Returned = readyTimes[entry.Life + 1] }
                : entry.Operation),
        ];
}
