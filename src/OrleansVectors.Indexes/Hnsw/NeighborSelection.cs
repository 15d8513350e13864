using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Hnsw;

/// <summary>
/// Chooses a node's neighbours among candidates so that they lie in different directions (algorithm 4 of the paper): one
/// that is nearer to a neighbour already chosen than to the node itself is left out, since it is reached through that one.
/// </summary>
/// <remarks>
/// A relaxation of alpha &gt; 1 (Subramanya et al., "DiskANN", 2019, algorithm 2) keeps some of those: it asks that the
/// candidate be nearer to the chosen one by that factor. The factor is meant for true lengths, so for squared lengths it
/// is squared, and minus a cosine is first turned into half a squared length. A negated inner product is no length and
/// is not relaxed.
/// </remarks>
internal readonly unsafe struct NeighborSelection<TScorer>
    where TScorer : struct, IScorer<TScorer>
{
    private const int ComparedAtOnce = 4;

    /// <summary>
    /// At most this part of a list leads to vectors equal to the node's own. None of them occludes another, so without a
    /// bound equal vectors would link to each other only and a walk among them could not leave.
    /// </summary>
    private const int DuplicatesDivisor = 4;

    private readonly VectorSpace space;
    private readonly float factor;
    private readonly float offset;

    public NeighborSelection(VectorSpace space, float alpha)
    {
        this.space = space;
        (factor, offset) = space.Metric switch
        {
            _ when alpha == 1 => (1, 0),
            DistanceMetric.Euclidean => (alpha * alpha, 0),
            DistanceMetric.Cosine => (alpha * alpha, 1),
            DistanceMetric.Manhattan => (alpha, 0),
            _ => (1f, 0f),
        };
    }

    /// <summary>Chooses at most <paramref name="max"/> of sorted candidates.</summary>
    /// <param name="ordinal">The node.</param>
    /// <param name="candidates">Keys with distances from the node, nearest first, without the node itself.</param>
    /// <param name="count">How many.</param>
    /// <param name="max">Most neighbours.</param>
    /// <param name="chosen">Receives the ordinals, nearest first.</param>
    /// <param name="distances">Room for <paramref name="max"/> distances.</param>
    /// <param name="context">The memory of a scorer.</param>
    /// <returns>How many were chosen.</returns>
    public int Choose(uint ordinal, long* candidates, int count, int max, uint* chosen, float* distances, byte* context)
    {
        var kept = 0;
        var toItself = TScorer.ForRow(space, ordinal, context).Score(ordinal);
        var duplicatesLeft = Math.Max(max / DuplicatesDivisor, 1);
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
        var limit = toNode + offset;
        for (var first = 0; first < kept; first += ComparedAtOnce)
        {
            var compared = Math.Min(ComparedAtOnce, kept - first);
            scorer.ScoreMany(chosen + first, compared, distances);
            for (var i = 0; i < compared; i++)
            {
                if (factor * (distances[i] + offset) < limit)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
