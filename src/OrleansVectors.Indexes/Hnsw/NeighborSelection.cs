using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Chooses a node's neighbours among candidates so that they lie in different directions (algorithm 4 of the paper): one
/// that is nearer to a neighbour already chosen than to the node itself is left out, since it is reached through that one.
/// </summary>
internal readonly unsafe struct NeighborSelection<TScorer>(VectorSpace space)
    where TScorer : struct, IScorer<TScorer>
{
    private const int ComparedAtOnce = 4;

    /// <summary>
    /// At most this part of a list leads to vectors equal to the node's own. None of them occludes another, so without a
    /// bound equal vectors would link to each other only and a walk among them could not leave.
    /// </summary>
    private const int DuplicatesDivisor = 4;

    /// <summary>Chooses at most <paramref name="max"/> of sorted candidates.</summary>
    /// <param name="ordinal">The node.</param>
    /// <param name="candidates">Keys with distances from the node, nearest first, without the node itself.</param>
    /// <param name="count">How many.</param>
    /// <param name="max">Most neighbours.</param>
    /// <param name="chosen">Receives the ordinals, nearest first, behind those that are there already.</param>
    /// <param name="distances">Room for <paramref name="max"/> distances.</param>
    /// <param name="context">The memory of a scorer.</param>
    /// <param name="kept">How many are chosen already; none of them is among the candidates.</param>
    /// <returns>How many are chosen then.</returns>
    public int Choose(uint ordinal, long* candidates, int count, int max, uint* chosen, float* distances, byte* context, int kept = 0)
    {
        var scorer = TScorer.ForRow(space, ordinal, context);
        var toItself = scorer.Score(ordinal);
        var duplicatesLeft = Math.Max(max / DuplicatesDivisor, 1);
        if (kept > 0 && count > 0 && PackedKey.Distance(candidates[0]) == toItself)
        {
            scorer.ScoreMany(chosen, kept, distances);
            duplicatesLeft -= new ReadOnlySpan<float>(distances, kept).Count(toItself);
        }

        for (var i = 0; i < count && kept < max; i++)
        {
            var candidate = PackedKey.Ordinal(candidates[i]);
            var distance = PackedKey.Distance(candidates[i]);
            if (distance == toItself && duplicatesLeft-- <= 0)
            {
                continue;
            }

            if (!IsOccluded(candidate, distance, chosen, kept, distances, context))
            {
                chosen[kept++] = candidate;
            }
        }

        return kept;
    }

    private bool IsOccluded(uint candidate, float toNode, uint* chosen, int kept, float* distances, byte* context)
    {
        var scorer = TScorer.ForRow(space, candidate, context);
        for (var first = 0; first < kept; first += ComparedAtOnce)
        {
            var compared = Math.Min(ComparedAtOnce, kept - first);
            scorer.ScoreMany(chosen + first, compared, distances);
            for (var i = 0; i < compared; i++)
            {
                if (distances[i] < toNode)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
