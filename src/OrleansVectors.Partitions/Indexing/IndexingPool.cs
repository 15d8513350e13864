namespace OrleansVectors.Partitions.Indexing;

/// <summary>
/// The threads that insert vectors into graphs, shared by all partitions of a process. Partitions with work take turns,
/// slice by slice, so a large load does not hold up a small one. While searches come in, half of the threads rest: a search
/// that finds no free processor waits for as long as the system lets a thread run, which is many times what it takes itself.
/// </summary>
public sealed class IndexingPool : IDisposable
{
    /// <summary>How long after a search the next one is expected.</summary>
    private const long SearchedMillis = 200;

    private static readonly TimeSpan SearchedPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly LinkedList<IIndexingWork> _turns = [];
    private readonly Dictionary<IIndexingWork, LinkedListNode<IIndexingWork>> _places = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly LastSearch _lastSearch = new();
    private readonly Thread[] _threads;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many; 0 takes the number of processors.</param>
    public IndexingPool(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _threads = new Thread[threads == 0 ? Environment.ProcessorCount : threads];
        for (int i = 0; i < _threads.Length; i++)
        {
            bool restsWhileSearched = i >= (_threads.Length + 1) / 2;
            _threads[i] = new Thread(() => Work(restsWhileSearched)) { IsBackground = true, Name = $"indexing {i}" };
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
    internal void NoteSearch() => _lastSearch.Note();

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

    private void Work(bool restsWhileSearched)
    {
        ThreadNiceness.GiveWay();
        while (true)
        {
            _wake.Wait();
            while (!_stopping)
            {
                if (restsWhileSearched && _lastSearch.IsWithin(SearchedMillis))
                {
                    Thread.Sleep(SearchedPollInterval);
                    continue;
                }

                if (Next() is not { } work)
                {
                    break;
                }

                if (work.RunSlice())
                {
                    Notify(work); // another thread may have found nothing to take while this slice was out
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

    private IIndexingWork? Next()
    {
        lock (_lock)
        {
            if (_turns.First is not { } first)
            {
                return null;
            }

            _turns.RemoveFirst();
            _turns.AddLast(first); // the same node: its place stays known
            return first.Value;
        }
    }
}
