using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Workload;

namespace OrleansVectors.Faults.Damage;

/// <summary>A collection that one client wrote, one batch after the other, with what it held after each of them.</summary>
internal sealed class Victim(CollectionKind kind, int seed)
{
    public const int Ids = 120;

    private readonly List<Dictionary<ulong, PointState>> _history = [[]];

    public CollectionKind Kind => kind;

    /// <summary>Its client.</summary>
    public Writer Writer { get; } = new(0, 1, Ids, [kind], seed);

    /// <summary>The points after so many batches, from none on.</summary>
    public IReadOnlyList<Dictionary<ulong, PointState>> History => _history;

    /// <summary>Batches that were acknowledged: the sequence of the last one.</summary>
    public int Last => _history.Count - 1;

    /// <summary>Notes the points as they are now.</summary>
    public void Note() => _history.Add(new Dictionary<ulong, PointState>(Writer.Models[0].Points));

    /// <summary>After which batch it held exactly these points: the latest, or -1.</summary>
    public int Find(Dictionary<ulong, PointState> points)
        => _history.FindLastIndex(then => then.Count == points.Count
            && then.All(point => points.TryGetValue(point.Key, out PointState found) && found == point.Value));
}
