using OrleansVectors.Partitions.Indexing;

namespace OrleansVectors.Partitions.Tests.Indexing;

/// <summary>Run alone: who rests is decided by milliseconds, which other tests would take from these threads.</summary>
[CollectionDefinition(nameof(IndexingPoolTests), DisableParallelization = true)]
[Collection(nameof(IndexingPoolTests))]
public sealed class IndexingPoolTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task While_searches_come_in_half_of_the_threads_rest()
    {
        using IndexingPool pool = new(4);
        using CancellationTokenSource end = new();
        Task searching = SearchAsync(pool, end.Token);
        int running = 0;
        int most = 0;
        int slices = 0;
        Work work = new(() =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            Thread.Sleep(1);
            Interlocked.Decrement(ref running);
            return Interlocked.Increment(ref slices) < 300;
        });
        pool.Notify(work);
        await WaitUntilAsync(() => Volatile.Read(ref slices) >= 300);
        await end.CancelAsync();
        await searching;
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task A_thread_that_is_long_at_one_slice_does_not_keep_the_others_from_work()
    {
        using IndexingPool pool = new(2);
        using CancellationTokenSource end = new();
        Task searching = SearchAsync(pool, end.Token);
        using ManualResetEventSlim began = new();
        using ManualResetEventSlim goesOn = new();
        int tending = 0;
        Work tended = new(() =>
        {
            if (Interlocked.Exchange(ref tending, 1) == 0)
            {
                began.Set();
                goesOn.Wait(LongEnough);
            }

            return false;
        });
        int slices = 0;
        Work other = new(() => Interlocked.Increment(ref slices) < 10);
        pool.Notify(tended);
        began.Wait(TestContext.Current.CancellationToken);
        pool.Notify(other);
        await WaitUntilAsync(() => Volatile.Read(ref slices) >= 10);
        goesOn.Set();
        await end.CancelAsync();
        await searching;
    }

    [Fact]
    public async Task None_rests_once_a_write_has_waited_for_long()
    {
        using IndexingPool pool = new(2);
        using CancellationTokenSource end = new();
        Task searching = SearchAsync(pool, end.Token, alsoAwaited: true);
        int running = 0;
        bool both = false;
        Work work = new(() =>
        {
            if (Interlocked.Increment(ref running) == 2)
            {
                Volatile.Write(ref both, true);
            }

            Thread.Sleep(1);
            Interlocked.Decrement(ref running);
            return !Volatile.Read(ref both);
        });
        pool.Notify(work);
        await WaitUntilAsync(() => Volatile.Read(ref both));
        await end.CancelAsync();
        await searching;
    }

    private static Task SearchAsync(IndexingPool pool, CancellationToken end, bool alsoAwaited = false)
    {
        pool.NoteSearch();
        return Task.Factory.StartNew(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    pool.NoteSearch();
                    if (alsoAwaited)
                    {
                        pool.NoteAwaited();
                    }

                    Thread.Sleep(1);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static async Task WaitUntilAsync(Func<bool> holds)
    {
        long until = Environment.TickCount64 + (long)LongEnough.TotalMilliseconds;
        while (!holds())
        {
            Assert.True(Environment.TickCount64 < until, "it never came to that");
            await Task.Delay(5);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen;)
        {
            int before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private sealed class Work(Func<bool> slice) : IIndexingWork
    {
        public bool RunSlice() => slice();
    }
}
