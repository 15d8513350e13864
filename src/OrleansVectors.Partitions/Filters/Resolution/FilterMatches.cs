using System.Buffers;
using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Partitions.Filters.Resolution;

/// <summary>
/// Which points match a filter at one moment, as far as it was worth finding out: a list, a set, or two sets between which
/// points have to be looked at. It asks about visible points only, and answers the same however much it knows.
/// </summary>
internal sealed class FilterMatches : IDisposable
{
    private const int SampleSize = 256;
    private const int CancellationStride = 1024;

    private readonly PartitionState _state;
    private readonly RowMatcher _matcher;
    private readonly AppliedState _moment;
    private uint[]? _list;
    private int _listed;
    private Extent? _extent;

    private FilterMatches(PartitionState state, RowMatcher matcher, AppliedState moment)
    {
        _state = state;
        _matcher = matcher;
        _moment = moment;
        Max = moment.LivePoints;
    }

    /// <summary>Whether it is known of every point if it matches.</summary>
    public bool IsExact => _list is not null || _extent?.IsExact == true;

    /// <summary>Whether the matches lie in <see cref="List"/>.</summary>
    public bool IsList => _list is not null;

    /// <summary>The matches, in no order.</summary>
    public ReadOnlySpan<uint> List => _list.AsSpan(0, _listed);

    /// <summary>The matches as a set, when they are exactly known that way.</summary>
    public OrdinalBits? Set => _extent is { IsExact: true, Upper: { } set } ? set : null;

    /// <summary>Whether an index says of some points that they cannot match.</summary>
    public bool IsBounded => _list is not null || _extent?.Upper is not null;

    /// <summary>Fewest points that match.</summary>
    public long Min { get; private set; }

    /// <summary>Most points that match.</summary>
    public long Max { get; private set; }

    /// <summary>How many match, as far as an index can tell by counting; null when it cannot.</summary>
    public long? Hint { get; private set; }

    /// <summary>Exactly these.</summary>
    /// <param name="state">The partition.</param>
    /// <param name="matcher">The filter.</param>
    /// <param name="moment">The reader's moment.</param>
    /// <param name="list">Ordinals, rented from the shared pool of arrays; taken over.</param>
    /// <param name="count">How many.</param>
    public static FilterMatches OfList(PartitionState state, RowMatcher matcher, AppliedState moment, uint[] list, int count)
        => new(state, matcher, moment) { _list = list, _listed = count, Min = count, Max = count };

    /// <summary>What an extent says, which is taken over; null when nothing is known.</summary>
    public static FilterMatches OfExtent(PartitionState state, RowMatcher matcher, AppliedState moment, Extent? extent, long? hint)
    {
        FilterMatches matches = new(state, matcher, moment) { _extent = extent, Hint = hint };
        if (extent?.Upper is { } upper)
        {
            matches.Max = upper.Count();
            matches.Min = extent.IsExact ? matches.Max : 0;
        }

        if (extent is { IsExact: false, Lower: { } lower })
        {
            matches.Min = lower.Count();
        }

        return matches;
    }

    /// <summary>Whether the point matches and is visible. A list is not searched: the point is looked at.</summary>
    public bool Admits(uint ordinal)
    {
        if (_extent is { } extent)
        {
            if (extent.Lower?.Contains(ordinal) == true)
            {
                return true;
            }

            if (extent.IsExact || extent.Upper?.Contains(ordinal) == false)
            {
                return false;
            }
        }

        return ordinal < _moment.Rows && _state.Table.IsVisible(ordinal, _moment.Sequence) && _matcher.Matches(ordinal, _moment.Sequence);
    }

    /// <summary>Leaves out more of a set of matches than the filter does.</summary>
    /// <param name="narrow">Takes some out of it.</param>
    public void Narrow(Action<OrdinalBits> narrow)
    {
        if (Set is { } set)
        {
            narrow(set);
            Min = Max = set.Count();
        }
    }

    /// <summary>All matches, ascending; points that are not known are looked at.</summary>
    public IEnumerable<uint> Ordinals(CancellationToken cancellation)
    {
        if (_list is not null)
        {
            Array.Sort(_list, 0, _listed);
            for (int i = 0; i < _listed; i++)
            {
                yield return _list[i];
            }

            yield break;
        }

        OrdinalBits? candidates = _extent?.Upper;
        uint steps = 0;
        for (uint ordinal = Next(candidates, 0); ordinal < _moment.Rows; ordinal = Next(candidates, ordinal + 1))
        {
            if (++steps % CancellationStride == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (Admits(ordinal))
            {
                yield return ordinal;
            }
        }
    }

    /// <summary>How many match; points that are not known are looked at.</summary>
    public long Count(CancellationToken cancellation)
    {
        if (IsExact)
        {
            return Max;
        }

        long count = 0;
        foreach (uint _ in Ordinals(cancellation))
        {
            count++;
        }

        return count;
    }

    /// <summary>About how many match: known, counted by an index, or guessed from a sample of the points that can match.</summary>
    public long Estimate()
    {
        if (Min == Max)
        {
            return Max;
        }

        if (Hint is { } hint)
        {
            return Math.Clamp(hint, Min, Max);
        }

        // Golden-ratio steps spread over the ordinals without a period that data could have too.
        OrdinalBits? candidates = _extent?.Upper;
        uint seen = 0;
        uint matching = 0;
        ulong position = 0;
        for (int i = 0; i < SampleSize; i++)
        {
            position += 0x9E3779B97F4A7C15UL;
            uint ordinal = Next(candidates, (uint)Math.BigMul(position, _moment.Rows, out _));
            if (ordinal < _moment.Rows && _state.Table.IsVisible(ordinal, _moment.Sequence))
            {
                seen++;
                matching += Admits(ordinal) ? 1u : 0;
            }
        }

        return seen == 0 ? Min : Math.Clamp(Max * matching / seen, Min, Max);
    }

    public void Dispose()
    {
        if (_list is { } list)
        {
            _list = null;
            _listed = 0;
            ArrayPool<uint>.Shared.Return(list);
        }

        _extent?.Dispose();
        _extent = null;
    }

    private static uint Next(OrdinalBits? candidates, uint from) => candidates is null ? from : candidates.Next(from);
}
