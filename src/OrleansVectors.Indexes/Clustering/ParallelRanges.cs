namespace OrleansVectors.Indexes.Clustering;

/// <summary>Work on ranges of rows by several threads. What a range's work stores must not depend on the others.</summary>
internal static class ParallelRanges
{
    /// <summary>Runs <paramref name="work"/> on [from, to) for consecutive ranges of at most <paramref name="size"/>.</summary>
    /// <param name="count">The end of the last range.</param>
    /// <param name="size">How long a range is.</param>
    /// <param name="parallelism">Threads, at least 1; with one, everything runs on the caller's.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Looked at between ranges.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Run(int count, int size, int parallelism, Action<int, int> work, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parallelism);
        var ranges = (count + size - 1) / size;
        if (parallelism == 1 || ranges < 2)
        {
            for (var range = 0; range < ranges; range++)
            {
                cancellation.ThrowIfCancellationRequested();
                work(range * size, Math.Min(count, (range + 1) * size));
            }

            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        Parallel.For(0, ranges, options, range => work(range * size, Math.Min(count, (range + 1) * size)));
    }
}
