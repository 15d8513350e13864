using System.Runtime.CompilerServices;
using OrleansVectors.Indexes.Vectors;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>Distances approximated from codes.</summary>
internal readonly unsafe struct CodeScorer<TScoring> : IScorer<CodeScorer<TScoring>>
    where TScoring : struct, ICodeScoring
{
    private readonly CodeQuery* query;
    private readonly byte* codes;
    private readonly nuint strideBytes;

    private CodeScorer(CodeSpace space, byte* context)
    {
        query = (CodeQuery*)context;
        codes = space.Region.Base;
        strideBytes = (nuint)space.StrideBytes;
    }

    public static CodeScorer<TScoring> ForQuery(VectorSpace space, float* paddedQuery, byte* context)
    {
        var codes = SpaceOf(space);
        codes.Quantizer.PrepareQuery(paddedQuery, context);
        return new(codes, context);
    }

    public static CodeScorer<TScoring> ForRow(VectorSpace space, uint ordinal, byte* context)
    {
        var codes = SpaceOf(space);
        codes.Quantizer.PrepareRow(codes.Code(ordinal), context);
        return new(codes, context);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(uint ordinal) => TScoring.Score(query, codes + (ordinal * strideBytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScoreMany(uint* ordinals, int count, float* distances) =>
        TScoring.Gather(query, codes, strideBytes, ordinals, count, distances);

    public void ScoreRange(uint first, int count, float* distances) =>
        TScoring.Scan(query, codes + (first * strideBytes), strideBytes, count, distances);

    // Only a CodeSpace names this scorer.
    private static CodeSpace SpaceOf(VectorSpace space) => Unsafe.As<CodeSpace>(space);
}
