using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Numerics.Tests.Codes;

public sealed class HammingDistanceTests
{
    private const int Seed = 2_203;

    [Fact]
    public void Every_length_counts_the_bits_that_differ()
    {
        var random = new Random(Seed);
        for (var length = 0; length <= 300; length++)
        {
            var left = new byte[length];
            var right = new byte[length];
            random.NextBytes(left);
            random.NextBytes(right);
            var expected = left.Zip(right, (a, b) => int.PopCount(a ^ b)).Sum();
            Assert.True(expected == HammingDistance.Between(left, right), $"{length} bytes, seed {Seed}");
            Assert.Equal(0, HammingDistance.Between(left, left));
            Assert.Equal(8 * length, HammingDistance.Between(left, [.. left.Select(value => (byte)~value)]));
        }
    }

    [Fact]
    public void Different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => HammingDistance.Between(new byte[3], new byte[4]));
}
