using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Numerics.Tests;

public sealed unsafe class KernelAgreementTests
{
    private const int LongestLength = 4098;
    private const int Seed = 20_771;

    /// <summary>
    /// Right before a guard page: the vectors end on the last usable byte, so the start takes every alignment of four
    /// bytes as the length varies, and one float read too many ends the test process.
    /// </summary>
    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void Every_length_agrees_with_the_reference_right_before_a_guard_page(DistanceMetric metric, RegisterWidth width)
    {
        var kernel = KernelUnderTest.Of(metric, width);
        using var left = new GuardedMemory(LongestLength * sizeof(float));
        using var right = new GuardedMemory(LongestLength * sizeof(float));
        var random = new Random(Seed);
        for (var length = 0; length <= LongestLength; length++)
        {
            var a = (float*)left.End - length;
            var b = (float*)right.End - length;
            if (length % 64 == 0)
            {
                Fill(random, new Span<float>(a, length));
                Fill(random, new Span<float>(b, length));
            }
            else
            {
                a[0] = Sample(random);
                b[0] = Sample(random);
            }

            AssertAgrees(metric, kernel.Distance(a, b, length), a, b, length, $"length {length}, seed {Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void Unaligned_starts_agree_with_the_reference(DistanceMetric metric, RegisterWidth width)
    {
        var kernel = KernelUnderTest.Of(metric, width);
        var random = new Random(Seed);
        var bytes = new byte[2 * 2048];
        fixed (byte* memory = bytes)
        {
            foreach (var length in new[] { 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100, 128, 300 })
            {
                for (var offset = 1; offset <= 66; offset++)
                {
                    // Offsets of every byte, so floats straddle their own alignment too.
                    var a = (float*)(memory + offset);
                    var b = (float*)(memory + 2048 + (offset * 7 % 64));
                    Fill(random, new Span<float>(a, length));
                    Fill(random, new Span<float>(b, length));
                    AssertAgrees(metric, kernel.Distance(a, b, length), a, b, length, $"length {length}, byte offset {offset}, seed {Seed}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void Padding_changes_nothing(DistanceMetric metric, RegisterWidth width)
    {
        var kernel = KernelUnderTest.Of(metric, width);
        var random = new Random(Seed);
        for (var length = 1; length <= 260; length++)
        {
            var padded = PaddedRows.PaddedLength(length);
            Assert.True(padded >= length && padded - length < PaddedRows.FloatsPerBlock && padded % PaddedRows.FloatsPerBlock == 0);
            using var left = new GuardedMemory(padded * sizeof(float));
            using var right = new GuardedMemory(padded * sizeof(float));
            var a = (float*)left.End - padded;
            var b = (float*)right.End - padded;
            Fill(random, new Span<float>(a, length));
            Fill(random, new Span<float>(b, length));
            AssertAgrees(metric, kernel.PaddedDistance(a, b, padded), a, b, length, $"length {length}, seed {Seed}");
        }
    }

    [Fact]
    public void The_picker_names_the_width_it_was_asked_for()
    {
        foreach (var (metric, width) in KernelUnderTest.All().Select(row => row.Data))
        {
            Assert.Equal(width, KernelUnderTest.Of(metric, width).Width);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => KernelUnderTest.Of((DistanceMetric)9, RegisterWidth.Bits128));
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelUnderTest.Of(DistanceMetric.Dot, (RegisterWidth)64));
    }

    private static float Sample(Random random) => (random.NextSingle() * 2f) - 1f;

    private static void Fill(Random random, Span<float> vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = Sample(random);
        }
    }

    /// <summary>The error allowed grows with the number of terms: one rounding for each, relative to the sum of their sizes.</summary>
    private static void AssertAgrees(DistanceMetric metric, float actual, float* a, float* b, int length, string what)
    {
        var left = new ReadOnlySpan<float>(a, length);
        var right = new ReadOnlySpan<float>(b, length);
        var expected = ReferenceDistance.Between(metric, left, right);
        var size = 0.0;
        for (var i = 0; i < length; i++)
        {
            size += metric is DistanceMetric.Dot or DistanceMetric.Cosine ? Math.Abs((double)left[i] * right[i]) : 0;
        }

        var scale = metric is DistanceMetric.Dot or DistanceMetric.Cosine ? size : expected;
        var tolerance = scale * (length + 2) * 1.2e-7;
        Assert.True(Math.Abs(actual - expected) <= tolerance, $"{metric}: {actual} instead of {expected}, {what}");
    }
}
