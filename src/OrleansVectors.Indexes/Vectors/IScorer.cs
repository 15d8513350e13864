namespace OrleansVectors.Indexes.Vectors;

/// <summary>
/// Distances from one query to stored points, as walks need them. A struct type parameter, so that a walk over another
/// representation of the points is the same code compiled again.
/// </summary>
internal unsafe interface IScorer<TSelf>
    where TSelf : struct, IScorer<TSelf>
{
    /// <summary>Scores against a query.</summary>
    /// <param name="space">The points; of the kind that names this scorer.</param>
    /// <param name="paddedQuery">The components, zero padded to whole blocks of 16 floats, on a 64-byte boundary.</param>
    /// <param name="context">
    /// <see cref="VectorSpace.ContextBytes"/> on a 64-byte boundary that belong to this scorer as long as it is used; what
    /// they hold before means nothing.
    /// </param>
    static abstract TSelf ForQuery(VectorSpace space, float* paddedQuery, byte* context);

    /// <summary>Scores against a stored point.</summary>
    static abstract TSelf ForRow(VectorSpace space, uint ordinal, byte* context);

    float Score(uint ordinal);

    /// <summary>Scores <paramref name="count"/> points, calling those ahead into the cache.</summary>
    void ScoreMany(uint* ordinals, int count, float* distances);

    /// <summary>Scores <paramref name="count"/> points with consecutive ordinals.</summary>
    void ScoreRange(uint first, int count, float* distances);
}
