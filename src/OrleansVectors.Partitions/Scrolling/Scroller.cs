using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Filters.Resolution;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Rows;

namespace OrleansVectors.Partitions.Scrolling;

/// <summary>Pages through points by id, or by a payload value.</summary>
internal sealed class Scroller(PartitionState state)
{
    private const int CancellationStride = 1024;

    /// <summary>Matches that are sorted for a page; more are looked for in the order of all.</summary>
    private const long SortedMax = 20_000;

    private readonly Lock _sorting = new();
    private IdOrder _order = IdOrder.Empty;

    /// <summary>One page by id: ordinals ascending by id, at most one more than the limit so that the next page's start is known.</summary>
    /// <remarks>
    /// The order is taken before the moment: what it left out was dead before that moment, so nothing visible is missed.
    /// </remarks>
    public List<uint> PageById(ScrollRequest request, out AppliedState moment, CancellationToken cancellation)
    {
        if (request.Filter is not null && PageOfMatches(request, out moment, cancellation) is { } matching)
        {
            return matching;
        }

        IdOrder order = CurrentOrder();
        moment = state.Applied;
        PointTable table = state.Table;
        RowMatcher? matcher = request.Filter is null ? null : new RowMatcher(state, request.Filter);
        ulong sequence = moment.Sequence;
        int wanted = request.Limit == int.MaxValue ? request.Limit : request.Limit + 1;

        List<uint> tail = [];
        foreach (uint ordinal in order.WrittenSince(table, moment))
        {
            if (Admits(ordinal) && (request.From is not { } from || table.Id(ordinal) >= from))
            {
                tail.Add(ordinal);
            }
        }

        tail.Sort((left, right) => table.Id(left).CompareTo(table.Id(right)));

        List<uint> page = [];
        int next = request.From is { } start ? order.LowerBound(table, start) : 0;
        int nextOfTail = 0;
        for (int steps = 0; page.Count < wanted && (next < order.Ordinals.Length || nextOfTail < tail.Count); steps++)
        {
            if (steps % CancellationStride == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (next < order.Ordinals.Length && !IsThere(order.Ordinals[next]))
            {
                next++;
                continue;
            }

            bool fromTail = next == order.Ordinals.Length
                || (nextOfTail < tail.Count && table.Id(tail[nextOfTail]) < table.Id(order.Ordinals[next]));
            if (fromTail)
            {
                page.Add(tail[nextOfTail++]);
            }
            else if (Admits(order.Ordinals[next++]))
            {
                page.Add(order.Ordinals[next - 1]);
            }
        }

        return page;

        bool IsThere(uint ordinal) => !order.IsReplaced(table, ordinal) && table.IsVisible(ordinal, sequence);

        bool Admits(uint ordinal) => table.IsVisible(ordinal, sequence) && matcher?.Matches(ordinal, sequence) != false;
    }

    /// <summary>The page when few points match: those are sorted. Null when they are many, or not known beforehand.</summary>
    private List<uint>? PageOfMatches(ScrollRequest request, out AppliedState moment, CancellationToken cancellation)
    {
        moment = state.Applied;
        using FilterMatches matches = Resolve(request.Filter!, moment);
        if (!matches.IsExact || matches.Max > SortedMax)
        {
            return null;
        }

        PointTable table = state.Table;
        List<uint> page = [.. matches.Ordinals(cancellation)];
        if (request.From is { } from)
        {
            page.RemoveAll(ordinal => table.Id(ordinal) < from);
        }

        page.Sort((left, right) => table.Id(left).CompareTo(table.Id(right)));
        return page.Count - 1 > request.Limit ? page.GetRange(0, request.Limit + 1) : page;
    }

    private FilterMatches Resolve(Filter filter, AppliedState moment)
        => FilterResolver.Resolve(state, filter, new RowMatcher(state, filter), moment, ResolutionLimits.All);

    /// <summary>The first points by a payload value, with the values; ties by id.</summary>
    public List<(OrderValue Value, uint Ordinal)> PageByValue(
        ScrollRequest request, PayloadOrder by, out AppliedState moment, CancellationToken cancellation)
    {
        moment = state.Applied;
        PointTable table = state.Table;
        using FilterMatches? matches = request.Filter is null ? null : Resolve(request.Filter, moment);
        OrderValueReader values = new(by);
        Comparer<(OrderValue Value, uint Ordinal)> order = Comparer<(OrderValue Value, uint Ordinal)>.Create((left, right) =>
        {
            int byValue = by.Descending ? right.Value.CompareTo(left.Value) : left.Value.CompareTo(right.Value);
            return byValue != 0 ? byValue : table.Id(left.Ordinal).CompareTo(table.Id(right.Ordinal));
        });

        // The worst of the page is on top of the queue and makes way for a better one.
        PriorityQueue<(OrderValue, uint), (OrderValue, uint)> page = new(Comparer<(OrderValue, uint)>.Create((left, right) => order.Compare(right, left)));
        foreach (uint ordinal in matches?.Ordinals(cancellation) ?? Visible(moment, cancellation))
        {
            foreach (OrderValue value in values.Read(state.Payloads.Read(table.Payload(ordinal), moment.Sequence, out _)))
            {
                (OrderValue, uint) candidate = (value, ordinal);
                if (page.Count < request.Limit)
                {
                    page.Enqueue(candidate, candidate);
                }
                else if (page.Count > 0 && order.Compare(candidate, page.Peek()) < 0)
                {
                    page.EnqueueDequeue(candidate, candidate);
                }
            }
        }

        List<(OrderValue Value, uint Ordinal)> sorted = new(page.Count);
        while (page.TryDequeue(out (OrderValue, uint) worst, out _))
        {
            sorted.Add(worst);
        }

        sorted.Reverse();
        return sorted;
    }

    private IEnumerable<uint> Visible(AppliedState moment, CancellationToken cancellation)
    {
        for (uint ordinal = 0; ordinal < moment.Rows; ordinal++)
        {
            if (ordinal % CancellationStride == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (state.Table.IsVisible(ordinal, moment.Sequence))
            {
                yield return ordinal;
            }
        }
    }

    private IdOrder CurrentOrder()
    {
        AppliedState moment = state.Applied;
        IdOrder order = Volatile.Read(ref _order);
        if (!order.IsStale(moment))
        {
            return order;
        }

        lock (_sorting)
        {
            order = _order;
            if (order.IsStale(moment))
            {
                order = IdOrder.Make(state.Table, moment);
                Volatile.Write(ref _order, order);
            }

            return order;
        }
    }
}
