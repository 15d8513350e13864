using System.Runtime.CompilerServices;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>Scores blocks of <see cref="NibbleCodes"/>.</summary>
internal readonly unsafe struct NibbleScorer : IBlockScorer<NibbleScorer>
{
    private readonly byte* table;
    private readonly int groups;
    private readonly float step;
    private readonly float bias;

    private NibbleScorer(NibbleCodes codes, float* query, byte* context)
    {
        table = context;
        groups = codes.Groups;
        (step, bias) = codes.PrepareTable(query, context);
    }

    public static NibbleScorer ForQuery(ListCodes codes, float* query, byte* context) => new((NibbleCodes)codes, query, context);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score(byte* block, float centroidDistance, float* distances)
    {
        NibbleSums.Sum(BlockLayout.Codes(block), table, groups, distances);
        BlockDistances.Finish(block, centroidDistance, step, bias, distances);
    }
}
