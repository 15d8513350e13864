using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>The points that a filter admits, as a list and as a bitmap.</summary>
internal sealed class OrdinalSet
{
    private const int BitsPerWord = 64;

    private readonly ulong[] bits;

    /// <param name="ordinals">The members, each once.</param>
    /// <param name="end">One more than the largest ordinal of the index.</param>
    public OrdinalSet(uint[] ordinals, int end)
    {
        Ordinals = ordinals;
        var step = Math.Max(1, ordinals.Length / WalkPlan.SeedsMax);
        Seeds = [.. ordinals.Where((_, place) => place % step == 0).Take(WalkPlan.SeedsMax)];
        bits = new ulong[(end + BitsPerWord - 1) / BitsPerWord];
        foreach (var ordinal in ordinals)
        {
            bits[ordinal / BitsPerWord] |= 1UL << (int)(ordinal % BitsPerWord);
        }
    }

    public uint[] Ordinals { get; }

    /// <summary>Some of them, spread over all, to start a walk from.</summary>
    public uint[] Seeds { get; }

    public Filter AsFilter => new(bits);

    /// <summary>The bitmap as a filter of a search.</summary>
    public readonly struct Filter(ulong[] bits) : IOrdinalFilter
    {
        public bool Admits(uint ordinal) => (bits[ordinal / BitsPerWord] >> (int)(ordinal % BitsPerWord) & 1) != 0;
    }
}
