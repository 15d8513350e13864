namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>A whole filter. Each part stops at the first condition that decides it.</summary>
internal sealed class GroupNode(
    FilterNode[] must, FilterNode[] should, FilterNode[] mustNot, FilterNode[] minShould, int minCount) : FilterNode
{
    public override bool NeedsPayload { get; }
        = must.Concat(should).Concat(mustNot).Concat(minShould).Any(node => node.NeedsPayload);

    public override bool Matches(in FilterPoint point)
    {
        foreach (FilterNode node in must)
        {
            if (!node.Matches(in point))
            {
                return false;
            }
        }

        foreach (FilterNode node in mustNot)
        {
            if (node.Matches(in point))
            {
                return false;
            }
        }

        return MatchesShould(in point) && MatchesMinShould(in point);
    }

    private bool MatchesShould(in FilterPoint point)
    {
        foreach (FilterNode node in should)
        {
            if (node.Matches(in point))
            {
                return true;
            }
        }

        return should.Length == 0;
    }

    private bool MatchesMinShould(in FilterPoint point)
    {
        int missing = minCount;
        for (int i = 0; missing > 0 && i < minShould.Length; i++)
        {
            if (minShould[i].Matches(in point))
            {
                missing--;
            }
        }

        return missing <= 0;
    }
}
