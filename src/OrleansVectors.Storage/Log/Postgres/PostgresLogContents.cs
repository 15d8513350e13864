namespace OrleansVectors.Storage.Log.Postgres;

/// <summary>
/// What an opening knows of its log: how far it reaches, and where some of its operations lie. The appender publishes here,
/// any number of threads look; every member takes the lock for a moment.
/// </summary>
internal sealed class PostgresLogContents
{
    private const long SpacingBytes = 64 << 10;

    private readonly string _label;
    private readonly Lock _gate = new();
    private readonly List<(LogSequence Sequence, long Position)> _places;
    private PostgresLogHead _head;

    /// <param name="label">What the log is called in messages.</param>
    /// <param name="head">The row as it was taken.</param>
    /// <param name="places">Where some operations begin, in order.</param>
    public PostgresLogContents(string label, PostgresLogHead head, List<(LogSequence Sequence, long Position)> places)
    {
        _label = label;
        _head = head;
        _places = places;
    }

    /// <summary>The row as this opening last saw or made it.</summary>
    public PostgresLogHead Head
    {
        get
        {
            lock (_gate)
            {
                return _head;
            }
        }
    }

    /// <summary>Makes a group visible.</summary>
    public void Publish(LogSequence last, LogTime time, long bytes)
    {
        lock (_gate)
        {
            if (_places.Count == 0 || _head.Bytes - _places[^1].Position >= SpacingBytes)
            {
                _places.Add((_head.Last.Next, _head.Bytes));
            }

            _head = _head with { Last = last, Time = time, Bytes = bytes };
        }
    }

    /// <summary>Takes what healing has found: all that was visible, and perhaps more.</summary>
    public void Replace(PostgresLogHead head)
    {
        lock (_gate)
        {
            Publish(head.Last, head.Time, head.Bytes);
            _head = head;
        }
    }

    /// <summary>Notes that what is before an operation may be gone.</summary>
    public void Trim(LogSequence first)
    {
        lock (_gate)
        {
            if (first > _head.First)
            {
                _head = _head with { First = first };
                _places.RemoveRange(0, Math.Max(0, IndexOf(first)));
            }
        }
    }

    /// <summary>The last operation of a reading that starts at one; refuses what is not there.</summary>
    public LogSequence LastForReadingFrom(LogSequence first)
    {
        lock (_gate)
        {
            return first >= _head.First && first <= _head.Last.Next
                ? _head.Last
                : throw new LogRangeException(_label, first, _head.First, _head.Last);
        }
    }

    /// <summary>See <see cref="IOperationLog.TailBytes"/>; rounded up to the last known place.</summary>
    public long TailBytes(LogSequence from)
    {
        lock (_gate)
        {
            if (from > _head.Last || _places.Count == 0)
            {
                return 0;
            }

            return _head.Bytes - _places[Math.Max(0, IndexOf(from))].Position;
        }
    }

    /// <summary>The last place at or before an operation; -1 if there is none.</summary>
    private int IndexOf(LogSequence sequence)
    {
        int low = 0, high = _places.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_places[middle].Sequence <= sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
