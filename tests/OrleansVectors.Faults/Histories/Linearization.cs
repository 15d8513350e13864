namespace OrleansVectors.Faults.Histories;

/// <summary>
/// Whether a history of one register is linearizable: whether its operations can be put in one order that respects real time
/// and explains every read. The search of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with the memory of
/// Lowe's: a set of operations done and the value they left is tried once.
/// </summary>
/// <remarks>
/// An operation may come next when no operation that is not done yet had returned before it was invoked. One whose outcome is
/// unknown has its effect or has none, which doubles the positions and no more. The search gives up after
/// <see cref="PositionsMax"/> positions: that is a history it could not decide, not a violation.
/// </remarks>
internal sealed class Linearization
{
    /// <summary>Positions that are looked at before the search gives up.</summary>
    public const int PositionsMax = 2_000_000;

    private readonly Operation[] _operations;
    private readonly HashSet<Position> _seen = [];
    private Position _furthest;
    private int _furthestDone = -1;

    private Linearization(IEnumerable<Operation> operations) => _operations = [.. operations.OrderBy(operation => operation.Invoked)];

    /// <summary>Judges the history of one register, which had no value before.</summary>
    public static LinearizationVerdict Judge(IEnumerable<Operation> operations) => new Linearization(operations).Search();

    private LinearizationVerdict Search()
    {
        Stack<Position> open = new([new Position(0, [], 0)]);
        while (open.TryPop(out Position position))
        {
            if (!_seen.Add(position))
                continue;
            if (position.First == _operations.Length)
                return new LinearizationVerdict(Outcome.Linearizable, "");
            if (_seen.Count > PositionsMax)
                return new LinearizationVerdict(Outcome.Undecided, $"{_operations.Length} operations, {PositionsMax} positions");
            if (position.First + position.Ahead.Length > _furthestDone)
            {
                _furthestDone = position.First + position.Ahead.Length;
                _furthest = position;
            }

            // Pushed backwards, so that the operation that was invoked first is tried first.
            foreach ((int next, long value) in Steps(position).Reverse())
                open.Push(position.With(next, value));
        }

        return new LinearizationVerdict(Outcome.Violated, Explain());
    }

    private IEnumerable<(int Next, long Value)> Steps(Position position)
    {
        long returned = Operation.Never;
        for (int i = position.First; i < _operations.Length && _operations[i].Invoked <= returned; i++)
        {
            if (position.Ahead.AsSpan().Contains(i))
                continue;
            returned = Math.Min(returned, _operations[i].Returned);
            foreach (long value in _operations[i].After(position.Value))
                yield return (i, value);
        }
    }

    /// <summary>Where the longest explanation ends, with the operations that cannot come next.</summary>
    private string Explain()
    {
        long returned = Operation.Never;
        List<Operation> stuck = [];
        for (int i = _furthest.First; i < _operations.Length && _operations[i].Invoked <= returned; i++)
        {
            if (_furthest.Ahead.AsSpan().Contains(i))
                continue;
            returned = Math.Min(returned, _operations[i].Returned);
            stuck.Add(_operations[i]);
        }

        string value = _furthest.Value == 0 ? "nothing" : $"{_furthest.Value}";
        IEnumerable<Operation> before = _operations.Take(_furthest.First).TakeLast(6);
        return $"after {_furthestDone} of {_operations.Length} operations the register has {value} and none of these can follow: "
            + $"{string.Join("; ", stuck)}. Before them: {string.Join("; ", before)}";
    }

    /// <summary>A set of operations done (all below <c>First</c>, and some further on) and the value they left.</summary>
    private readonly record struct Position(int First, int[] Ahead, long Value)
    {
        public Position With(int next, long value)
        {
            if (next != First)
                return new Position(First, [.. Ahead.Append(next).Order()], value);
            int first = First + 1;
            int passed = 0;
            while (passed < Ahead.Length && Ahead[passed] == first)
            {
                first++;
                passed++;
            }

            return new Position(first, Ahead[passed..], value);
        }

        public bool Equals(Position other)
            => First == other.First && Value == other.Value && Ahead.AsSpan().SequenceEqual(other.Ahead);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(First);
            hash.Add(Value);
            foreach (int ahead in Ahead)
                hash.Add(ahead);
            return hash.ToHashCode();
        }
    }
}
