using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Indexes.PayloadIndexes;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>The points with a key in one of some ranges, and perhaps some others besides.</summary>
/// <param name="postings">The keys.</param>
/// <param name="ranges">First and last key of each; they do not overlap.</param>
/// <param name="others">Head of the points that have to be looked at besides.</param>
/// <param name="isExact">Whether a key in the ranges is a match, or only may be one.</param>
internal sealed class RangesCondition(
    OrderedPostings postings, List<(long First, long Last)> ranges, ulong others, bool isExact) : IndexedCondition
{
    private (long Ordinals, long Keys)? _counted;

    public override long Estimate => Counted.Ordinals + PostingLists.Count(others);

    public override long Values => Counted.Keys;

    public override bool HasPerhaps => !isExact || PostingLists.Count(others) > 0;

    private (long Ordinals, long Keys) Counted => _counted ??= Count();

    public override void Collect(OrdinalBits sure, OrdinalBits perhaps)
    {
        ToSet visitor = new((isExact ? sure : perhaps).AsSink());
        foreach ((long first, long last) in ranges)
        {
            postings.Visit(first, last, ref visitor);
        }

        OrdinalBits.Sink besides = perhaps.AsSink();
        PostingLists.Visit(others, ref besides);
    }

    public override bool TryList(ref OrdinalList list)
    {
        ToList visitor = new(list);
        foreach ((long first, long last) in ranges)
        {
            postings.Visit(first, last, ref visitor);
        }

        list = visitor.List;
        PostingLists.Visit(others, ref list);
        return true;
    }

    private (long Ordinals, long Keys) Count()
    {
        (long Ordinals, long Keys) sum = default;
        foreach ((long first, long last) in ranges)
        {
            (long ordinals, long keys) = postings.Count(first, last);
            sum = (sum.Ordinals + ordinals, sum.Keys + keys);
        }

        return sum;
    }

    private struct ToSet(OrdinalBits.Sink sink) : IOrderedVisitor
    {
        private OrdinalBits.Sink _sink = sink;

        public readonly bool EntersLeaf(long ordinals, int keys) => true;

        public bool Visit(long key, ulong head) => PostingLists.Visit(head, ref _sink);
    }

    private struct ToList(OrdinalList list) : IOrderedVisitor
    {
        public OrdinalList List = list;

        public readonly bool EntersLeaf(long ordinals, int keys) => true;

        public bool Visit(long key, ulong head) => PostingLists.Visit(head, ref List);
    }
}
