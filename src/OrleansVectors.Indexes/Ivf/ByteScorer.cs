using System.Runtime.CompilerServices;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>Scores blocks of <see cref="ByteCodes"/>.</summary>
internal readonly unsafe struct ByteScorer : IBlockScorer<ByteScorer>
{
    private readonly sbyte* query;
    private readonly int groups;
    private readonly float step;
    private readonly float bias;

    private ByteScorer(ByteCodes codes, float* query, byte* context)
    {
        this.query = (sbyte*)context;
        groups = codes.Groups;
        (step, bias) = codes.PrepareQuery(query, context);
    }

    public static ByteScorer ForQuery(ListCodes codes, float* query, byte* context) => new((ByteCodes)codes, query, context);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score(byte* block, float centroidDistance, float* distances)
    {
        ByteSums.Sum(BlockLayout.Codes(block), query, groups, distances);
        BlockDistances.Finish(block, centroidDistance, step, bias, distances);
    }
}
