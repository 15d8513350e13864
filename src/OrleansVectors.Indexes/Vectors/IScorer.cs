namespace OrleansVectors.Indexes.Vectors;

/// <summary>
/// Distances from one query to stored points, as walks need them. A struct type parameter, so that a walk over another
/// representation of the points is the same code compiled again.
/// </summary>
internal unsafe interface IScorer<TSelf>
    where TSelf : struct, IScorer<TSelf>
{
    /// <summary>Scores against a query of <see cref="VectorRows.PaddedLength"/> floats, zero padded, on a 64-byte boundary.</summary>
    static abstract TSelf ForQuery(VectorRows rows, float* query);

    /// <summary>Scores against a stored point.</summary>
    static abstract TSelf ForRow(VectorRows rows, uint ordinal);

    float Score(uint ordinal);

    /// <summary>Scores <paramref name="count"/> points, calling those ahead into the cache.</summary>
    void ScoreMany(uint* ordinals, int count, float* distances);
}
