namespace OrleansVectors.Partitions.Indexing;

/// <summary>
/// The threads that insert vectors into graphs, shared by all partitions of a process. Partitions with work take turns,
/// slice by slice, so a large load does not hold up a small one.
/// </summary>
/// <remarks>
/// While searches come in, half of the threads rest: a search that finds no free processor waits for as long as the system lets
/// a thread run, some milliseconds, which is many times what it takes itself. A thread that has been at one slice for long, as
/// with measuring or repairing an index, does not count as one that works; and all work when writes have waited for long.
/// </remarks>
public sealed class IndexingPool : IDisposable
{
    /// <summary>How long after a search threads rest, and after a write has waited for long none does.</summary>
    private const long RestMillis = 50;

    /// <summary>How long a thread that is still at the same slice counts as one that works.</summary>
    private const long SliceMillis = 50;

    private static readonly TimeSpan RestPollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<IIndexingWork> _turns = [];
    private readonly Dictionary<IIndexingWork, LinkedListNode<IIndexingWork>> _places = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly LastTime _searched = new();
    private readonly LastTime _awaited = new();
    private readonly Thread[] _threads;

    /// <summary>When each thread began with its slice, in ticks; 0 when it is at none.</summary>
    private readonly long[] _slices;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many; 0 takes the number of processors.</param>
    public IndexingPool(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _threads = new Thread[threads == 0 ? Environment.ProcessorCount : threads];
        _slices = new long[_threads.Length];
        for (int i = 0; i < _threads.Length; i++)
        {
            int number = i;
            _threads[i] = new Thread(() => Work(number)) { IsBackground = true, Name = $"indexing {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Stops the threads; each finishes the slice it is at.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Release(_threads.Length);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _wake.Dispose();
    }

    /// <summary>Says that there is a search.</summary>
    internal void NoteSearch() => _searched.Note();

    /// <summary>Says that a write has waited for long.</summary>
    internal void NoteAwaited() => _awaited.Note();

    /// <summary>Puts a partition in line (once), because it may have work now.</summary>
    internal void Notify(IIndexingWork work)
    {
        lock (_lock)
        {
            if (_places.ContainsKey(work))
            {
                return;
            }

            _places.Add(work, _turns.AddLast(work));
        }

        _wake.Release(_threads.Length);
    }

    /// <summary>Takes a partition out of line. A slice that is running goes on; the partition waits for it itself.</summary>
    internal void Forget(IIndexingWork work)
    {
        lock (_lock)
        {
            if (_places.Remove(work, out LinkedListNode<IIndexingWork>? place))
            {
                _turns.Remove(place);
            }
        }
    }

    private void Work(int number)
    {
        ThreadNiceness.GiveWay();
        while (true)
        {
            _wake.Wait();
            while (!_stopping && TryBegin(number, out IIndexingWork? work))
            {
                if (work is null)
                {
                    Thread.Sleep(RestPollInterval);
                    continue;
                }

                if (work.RunSlice())
                {
                    Notify(work); // another thread may have found nothing to take while this slice was out

                    // To a search that waits for this processor; between slices, since it costs the rest of the thread's turn.
                    Thread.Yield();
                    continue;
                }

                // Work that arrived before the partition left the line was not announced: look once more.
                Forget(work);
                if (work.RunSlice())
                {
                    Notify(work);
                }
            }

            if (_stopping)
            {
                return;
            }
        }
    }

    /// <summary>Ends a thread's slice and begins its next one, if there is any to begin.</summary>
    /// <param name="number">The thread.</param>
    /// <param name="work">Whose turn it is; null when the thread is to rest.</param>
    /// <returns>False when nobody is in line.</returns>
    private bool TryBegin(int number, out IIndexingWork? work)
    {
        work = null;
        lock (_lock)
        {
            _slices[number] = 0;
            if (_turns.First is not { } first)
            {
                return false;
            }

            long now = Environment.TickCount64;
            bool rests = _searched.IsWithin(RestMillis)
                && !_awaited.IsWithin(RestMillis)
                && _slices.Count(began => began != 0 && now - began < SliceMillis) >= (_threads.Length + 1) / 2;
            if (!rests)
            {
                _slices[number] = now;
                _turns.RemoveFirst();
                _turns.AddLast(first); // the same node: its place stays known
                work = first.Value;
            }

            return true;
        }
    }
}
