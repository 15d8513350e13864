using OrleansVectors.Indexes.Ordinals;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>The points of some posting lists.</summary>
internal sealed class HeadsCondition(List<ulong> heads) : IndexedCondition
{
    public override long Estimate
    {
        get
        {
            long ordinals = 0;
            foreach (ulong head in heads)
            {
                ordinals += PostingLists.Count(head);
            }

            return ordinals;
        }
    }

    public override long Values => heads.Count;

    public override void Collect(OrdinalBits sure, OrdinalBits perhaps)
    {
        OrdinalBits.Sink sink = sure.AsSink();
        foreach (ulong head in heads)
        {
            PostingLists.Visit(head, ref sink);
        }
    }

    public override bool TryList(ref OrdinalList list)
    {
        foreach (ulong head in heads)
        {
            if (!PostingLists.Visit(head, ref list))
            {
                break;
            }
        }

        return true;
    }
}
