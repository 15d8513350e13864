using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.PayloadIndexes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>Values that are ordered 64-bit keys: integers, floating-point numbers, moments in microseconds, and false and true as 0 and 1.</summary>
internal sealed class NumberIndex : PayloadIndex
{
    private readonly OrderedPostings _postings;

    public NumberIndex(PayloadIndexSchema schema, ReaderGate gate)
        : base(schema, gate) => _postings = new OrderedPostings(Heap);

    public override bool VisitFacets(IFacetVisitor visitor)
    {
        if (Schema.Type is not (PayloadIndexType.Integer or PayloadIndexType.Bool))
        {
            return false;
        }

        FacetKeys keys = new(Schema.Type, visitor);
        _postings.Visit(long.MinValue, long.MaxValue, ref keys);
        return true;
    }

    protected override IndexedCondition? BindValues(Condition condition)
        => (Schema.Type, condition) switch
        {
            (PayloadIndexType.Integer, MatchCondition match) => Bind(match.Match),
            (PayloadIndexType.Bool, MatchCondition { Match: MatchBoolean match }) => Exactly(match.Value ? 1 : 0),
            (PayloadIndexType.Integer, RangeCondition range) => Between(range.Range, long.MinValue, long.MaxValue, static key => key),
            (PayloadIndexType.Float, RangeCondition range)
                => Between(range.Range, OrderedKeys.SmallestReal, OrderedKeys.LargestReal, OrderedKeys.ToReal),
            (PayloadIndexType.DateTime, DateTimeRangeCondition range) => Between(range.Range),
            _ => null,
        };

    protected override bool? Change(PayloadView value, uint ordinal, bool adds)
    {
        if (!TryKey(value, out long key))
        {
            return null;
        }

        return adds ? _postings.Add(key, ordinal) : _postings.Remove(key, ordinal);
    }

    private bool TryKey(PayloadView value, out long key)
    {
        switch (Schema.Type)
        {
            case PayloadIndexType.Integer:
                return value.TryGetInt64(out key);
            case PayloadIndexType.Float:
                bool isNumber = value.TryGetDouble(out double number) && !double.IsNaN(number);
                key = isNumber ? OrderedKeys.OfReal(number) : 0;
                return isNumber;
            case PayloadIndexType.DateTime:
                key = 0;
                return value.TryGetString(out ReadOnlySpan<byte> text) && PayloadDateTime.TryParse(text, out key);
            default:
                key = value.Kind == PayloadKind.True ? 1 : 0;
                return value.Kind is PayloadKind.True or PayloadKind.False;
        }
    }

    private IndexedCondition? Bind(Match match)
        => match switch
        {
            MatchInteger integer => Exactly(integer.Value),
            MatchAny { Values.Strings.Count: 0 } any => new HeadsCondition(Heads(any.Values.Integers)),
            MatchExcept { Values.Strings.Count: 0 } except => new ExceptCondition(Heads(except.Values.Integers), Valued, Several, Others),
            _ => null,
        };

    private HeadsCondition Exactly(long key)
    {
        HeadCollector collector = new([]);
        _postings.Visit(key, key, ref collector);
        return new HeadsCondition(collector.Heads);
    }

    private List<ulong> Heads(IReadOnlyList<long> keys)
    {
        HeadCollector collector = new([]);
        foreach (long key in keys.Distinct())
        {
            _postings.Visit(key, key, ref collector);
        }

        return collector.Heads;
    }

    /// <summary>Numbers grow with their keys, so the bounds of a range are two keys; where they lie is found by halving.</summary>
    private RangesCondition Between(NumberRange range, long smallest, long largest, Func<long, double> number)
    {
        NumberRange below = new(null, range.Gt, null, range.Gte);
        NumberRange above = new(range.Lt, null, range.Lte, null);
        long? low = OrderedKeys.First(smallest, largest, key => below.Contains(number(key)));
        long? high = OrderedKeys.Last(smallest, largest, key => above.Contains(number(key)));

        // An index of integers leaves other numbers to the payload.
        return new RangesCondition(_postings, Ranges(low, high), Schema.Type == PayloadIndexType.Integer ? Others : 0, isExact: true);
    }

    private RangesCondition Between(DateTimeRange range)
    {
        DateTimeRange below = new(null, range.Gt, null, range.Gte);
        DateTimeRange above = new(range.Lt, null, range.Lte, null);
        long? low = OrderedKeys.First(long.MinValue, long.MaxValue, below.Contains);
        long? high = OrderedKeys.Last(long.MinValue, long.MaxValue, above.Contains);
        return new RangesCondition(_postings, Ranges(low, high), 0, isExact: true);
    }

    private static List<(long First, long Last)> Ranges(long? low, long? high)
        => low is { } first && high is { } last && first <= last ? [(first, last)] : [];

    private readonly struct HeadCollector(List<ulong> heads) : IOrderedVisitor
    {
        public List<ulong> Heads { get; } = heads;

        public bool EntersLeaf(long ordinals, int keys) => true;

        public bool Visit(long key, ulong head)
        {
            Heads.Add(head);
            return true;
        }
    }

    private readonly struct FacetKeys(PayloadIndexType type, IFacetVisitor visitor) : IOrderedVisitor
    {
        public bool EntersLeaf(long ordinals, int keys) => true;

        public bool Visit(long key, ulong head)
        {
            visitor.Visit(type == PayloadIndexType.Bool ? FacetValue.FromBoolean(key == 1) : FacetValue.FromInteger(key), head);
            return true;
        }
    }
}
