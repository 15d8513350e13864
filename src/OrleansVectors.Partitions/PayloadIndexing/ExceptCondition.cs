using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>
/// The points with a value that is none of some posting lists' values: those with a value of another type, those with
/// values of which none is listed, and perhaps those that are listed and have several.
/// </summary>
internal sealed class ExceptCondition(List<ulong> listed, ulong valued, ulong several, ulong others) : IndexedCondition
{
    public override long Estimate => (long)PostingLists.Count(valued) + PostingLists.Count(others);

    public override bool HasPerhaps => PostingLists.Count(several) > 0;

    public override void Collect(OrdinalBits sure, OrdinalBits perhaps)
    {
        using OrdinalBits excepted = OrdinalBits.Rent(sure.Rows);
        using OrdinalBits rest = OrdinalBits.Rent(sure.Rows);
        OrdinalBits.Sink toExcepted = excepted.AsSink();
        foreach (ulong head in listed)
        {
            PostingLists.Visit(head, ref toExcepted);
        }

        Collect(valued, rest);
        rest.AndNot(excepted);
        sure.Or(rest);
        Collect(others, sure);
        if (HasPerhaps)
        {
            using OrdinalBits both = OrdinalBits.Rent(sure.Rows);
            Collect(several, both);
            both.And(excepted);
            perhaps.Or(both);
        }
    }

    private static void Collect(ulong head, OrdinalBits target)
    {
        OrdinalBits.Sink sink = target.AsSink();
        PostingLists.Visit(head, ref sink);
    }
}
