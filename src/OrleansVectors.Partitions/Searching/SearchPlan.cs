using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Searching;

/// <summary>What one search is about, settled before it looks anywhere.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Field">The searched vector.</param>
/// <param name="Index">The index that may be used; null when there is none yet.</param>
/// <param name="IndexedBelow">Below this ordinal the index holds everything but what is pending.</param>
/// <param name="Pending">Ordinals below that which the index does not hold yet, ascending.</param>
/// <param name="Moment">What is visible.</param>
/// <param name="Query">The components, normalised for cosine.</param>
/// <param name="K">Points wanted, those of the offset included.</param>
/// <param name="Ef">Candidates that a walk keeps.</param>
/// <param name="Excluded">A point that is left out.</param>
/// <param name="Trace">Takes notes.</param>
/// <param name="Cancellation">Ends it.</param>
internal sealed record SearchPlan(
    SearchRequest Request,
    VectorField Field,
    VectorIndex? Index,
    uint IndexedBelow,
    uint[] Pending,
    AppliedState Moment,
    float[] Query,
    int K,
    int Ef,
    uint Excluded,
    SearchTrace Trace,
    CancellationToken Cancellation)
{
    /// <summary>Ordinals from here on are not looked at.</summary>
    public uint End => Request.IndexedOnly ? Math.Min(IndexedBelow, Moment.Rows) : Moment.Rows;

    /// <summary>The codes that a scan may look at first; null where it looks at the vectors alone.</summary>
    public FieldCodes? Codes { get; } = Request.Exact ? null : Index?.ScanCodes(QueryOf(Request, Query, K, Ef, default));

    /// <summary>What the index is asked.</summary>
    public IndexQuery QueryOf(WalkChoice walk) => QueryOf(Request, Query, K, walk.Ef, walk.Plan);

    /// <summary>Points that have the vector and may be looked at.</summary>
    public PresentOrdinals Present => new(Field, End, Excluded);

    private static IndexQuery QueryOf(SearchRequest request, float[] query, int k, int ef, WalkPlan walk)
        => new()
        {
            Vector = query,
            K = k,
            Ef = ef,
            Walk = walk,
            NProbe = request.NProbe,
            Codes = request.Quantization,
        };
}
