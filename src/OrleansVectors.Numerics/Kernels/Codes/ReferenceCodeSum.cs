namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>The sums as one would write them on paper: what every kernel is tested against.</summary>
public static class ReferenceCodeSum
{
    /// <summary>The sum for a code and a query laid out as <see cref="CodeBlocks"/> says.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="distance"/> is not a defined one.</exception>
    public static long Between(CodeDistance distance, ReadOnlySpan<byte> query, ReadOnlySpan<byte> code)
    {
        var parts = PartsOf(distance);
        var bits = 8 / parts;
        long sum = 0;
        for (var i = 0; i < code.Length; i++)
        {
            var (block, within) = Math.DivRem(i, CodeBlocks.Bytes);
            for (var part = 0; part < parts; part++)
            {
                var a = (code[i] >> (part * bits)) & ((1 << bits) - 1);
                var b = query[(block * CodeBlocks.Bytes * parts) + (part * CodeBlocks.Bytes) + within];
                sum += distance switch
                {
                    CodeDistance.ByteEuclidean => (a - b) * (a - b),
                    CodeDistance.ByteManhattan => Math.Abs(a - b),
                    CodeDistance.NibbleEuclidean => ((4 * a) - b) * ((4 * a) - b),
                    CodeDistance.NibbleManhattan => Math.Abs((4 * a) - b),
                    CodeDistance.Hamming => int.PopCount(a ^ b),
                    _ => a * (sbyte)b,
                };
            }
        }

        return sum;
    }

    /// <summary>Components in a byte of code.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="distance"/> is not a defined one.</exception>
    public static int PartsOf(CodeDistance distance) => distance switch
    {
        CodeDistance.ByteEuclidean or CodeDistance.ByteManhattan or CodeDistance.ByteDot or CodeDistance.Hamming => 1,
        CodeDistance.NibbleEuclidean or CodeDistance.NibbleManhattan or CodeDistance.NibbleDot => 2,
        CodeDistance.CrumbDot => 4,
        CodeDistance.BitDot => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(distance), distance, "not a distance of codes"),
    };
}
