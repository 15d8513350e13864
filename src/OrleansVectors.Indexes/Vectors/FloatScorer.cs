using System.Runtime.CompilerServices;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Indexes.Vectors;

/// <summary>Exact float32 distances.</summary>
internal readonly unsafe struct FloatScorer<TKernel> : IScorer<FloatScorer<TKernel>>
    where TKernel : struct, IDistanceKernel
{
    private readonly float* query;
    private readonly byte* rows;
    private readonly nuint strideBytes;
    private readonly nuint paddedLength;

    private FloatScorer(VectorRows vectors, float* query)
    {
        this.query = query;
        rows = vectors.Region.Base;
        strideBytes = (nuint)vectors.StrideBytes;
        paddedLength = (nuint)vectors.PaddedLength;
    }

    public static FloatScorer<TKernel> ForQuery(VectorSpace space, float* paddedQuery, byte* context) =>
        new(RowsOf(space), paddedQuery);

    public static FloatScorer<TKernel> ForRow(VectorSpace space, uint ordinal, byte* context)
    {
        var rows = RowsOf(space);
        return new(rows, rows.Row(ordinal));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(uint ordinal) =>
        TKernel.PaddedDistance(query, (float*)(rows + (ordinal * strideBytes)), paddedLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreMany(uint* ordinals, int count, float* distances) =>
        TKernel.GatherDistances(query, rows, strideBytes, paddedLength, ordinals, count, distances);

    public void ScoreRange(uint first, int count, float* distances) =>
        TKernel.ScanDistances(query, rows + (first * strideBytes), strideBytes, paddedLength, count, distances);

    // Only a FloatSpace names this scorer.
    private static VectorRows RowsOf(VectorSpace space) => Unsafe.As<FloatSpace>(space).Rows;
}
