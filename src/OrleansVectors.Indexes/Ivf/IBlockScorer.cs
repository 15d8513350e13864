namespace OrleansVectors.Indexes.Ivf;

/// <summary>Distances from one query to the entries of blocks. A struct type parameter, so that the search is compiled for each kind of code.</summary>
internal unsafe interface IBlockScorer<TSelf>
    where TSelf : struct, IBlockScorer<TSelf>
{
    /// <summary>Prepares a query.</summary>
    /// <param name="codes">What the lists hold.</param>
    /// <param name="query">The padded query.</param>
    /// <param name="context"><see cref="ListCodes.ContextBytes"/> on a 64-byte boundary, for as long as the scorer is used.</param>
    static abstract TSelf ForQuery(ListCodes codes, float* query, byte* context);

    /// <summary>Estimates the distances of all slots of a block, those of slots without an entry being anything.</summary>
    /// <param name="block">The block.</param>
    /// <param name="centroidDistance">The distance from the query to the list's centroid.</param>
    /// <param name="distances">Receives <see cref="BlockLayout.Entries"/> distances.</param>
    void Score(byte* block, float centroidDistance, float* distances);
}
