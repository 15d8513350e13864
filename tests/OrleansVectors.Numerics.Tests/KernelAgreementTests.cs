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
    [InlineData(DistanceMetric.Euclidean)]
    [InlineData(DistanceMetric.Dot)]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.Manhattan)]
    [InlineData(DistanceMetric.Hamming)]
    public void Every_length_agrees_with_the_reference_at_every_width_right_before_a_guard_page(DistanceMetric metric)
    {
        var kernels = Array.ConvertAll(Enum.GetValues<RegisterWidth>(), width => KernelUnderTest.Of(metric, width));
        using var left = new GuardedMemory(LongestLength * sizeof(float));
        using var right = new GuardedMemory(LongestLength * sizeof(float));
        var random = new Random(Seed);
        for (var length = 0; length <= LongestLength; length++)
        {
            var a = (float*)left.End - length;
            var b = (float*)right.End - length;
            if (length % 64 == 0)
            {
                Vectors.Fill(random, new Span<float>(a, length));
                Vectors.Fill(random, new Span<float>(b, length));
            }
            else
            {
                a[0] = Vectors.Sample(random);
                b[0] = Vectors.Sample(random);
            }

            var (expected, tolerance) = Expect(metric, a, b, length);
            foreach (var kernel in kernels)
            {
                var actual = kernel.Distance(a, b, length);
                Assert.True(
                    Math.Abs(actual - expected) <= tolerance,
                    $"{metric}: {actual} instead of {expected}, length {length}, {kernel.Width}, seed {Seed}");
            }
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
                    Vectors.Fill(random, new Span<float>(a, length));
                    Vectors.Fill(random, new Span<float>(b, length));
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
            Vectors.Fill(random, new Span<float>(a, length));
            Vectors.Fill(random, new Span<float>(b, length));
            AssertAgrees(metric, kernel.PaddedDistance(a, b, padded), a, b, length, $"length {length}, seed {Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void Zeros_denormals_and_huge_values_agree_with_the_reference(DistanceMetric metric, RegisterWidth width)
    {
        // Huge values stay just below the overflow of a sum of 100 squares. A product of denormals underflows to zero in
        // float32, so there the allowance is the smallest float for each term.
        var kernel = KernelUnderTest.Of(metric, width);
        var a = stackalloc float[100];
        var b = stackalloc float[100];
        foreach (var length in new[] { 1, 5, 16, 67, 100 })
        {
            foreach (var (x, y) in new[] { (0f, 0f), (-0f, 0f), (0f, 2f), (float.Epsilon, -float.Epsilon), (1e-40f, 3e-40f), (1e-20f, 2e-20f), (9e17f, -7e17f) })
            {
                new Span<float>(a, length).Fill(x);
                new Span<float>(b, length).Fill(y);
                AssertAgrees(metric, kernel.Distance(a, b, length), a, b, length, $"{length} components of {x} and {y}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void A_vector_is_at_distance_zero_of_itself_except_by_dot(DistanceMetric metric, RegisterWidth width)
    {
        var vector = stackalloc float[131];
        Vectors.Fill(new Random(Seed), new Span<float>(vector, 131));
        var distance = KernelUnderTest.Of(metric, width).Distance(vector, vector, 131);
        Assert.True(metric is DistanceMetric.Euclidean or DistanceMetric.Manhattan or DistanceMetric.Hamming ? distance == 0 : distance < 0, $"{distance}");
    }

    [Theory]
    [InlineData(RegisterWidth.Bits128)]
    [InlineData(RegisterWidth.Bits256)]
    [InlineData(RegisterWidth.Bits512)]
    public void Zeros_and_ones_that_differ_are_counted_exactly_up_to_the_longest_vector(RegisterWidth width)
    {
        var kernel = KernelUnderTest.Of(DistanceMetric.Hamming, width);
        var random = new Random(Seed);
        foreach (var length in (int[])[.. Enumerable.Range(1, 130), 1023, 65_536])
        {
            float[] left = [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(2))];
            float[] right = [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(2))];
            fixed (float* a = left, b = right)
            {
                var expected = left.Zip(right, (x, y) => x == y ? 0 : 1).Sum();
                Assert.True(expected == kernel.Distance(a, b, length), $"length {length}, seed {Seed}");
            }
        }
    }

    [Fact]
    public void The_best_width_is_one_that_the_machine_has()
    {
        var expected = System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? RegisterWidth.Bits512
            : System.Runtime.Intrinsics.X86.Avx2.IsSupported ? RegisterWidth.Bits256
            : RegisterWidth.Bits128;
        Assert.Equal(expected, KernelPicker.BestWidth);
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

    private static void AssertAgrees(DistanceMetric metric, float actual, float* a, float* b, int length, string what)
    {
        var (expected, tolerance) = Expect(metric, a, b, length);
        Assert.True(Math.Abs(actual - expected) <= tolerance, $"{metric}: {actual} instead of {expected}, {what}");
    }

    /// <summary>The error allowed grows with the number of terms: one rounding for each, relative to the sum of their sizes.</summary>
    private static (double Distance, double Tolerance) Expect(DistanceMetric metric, float* a, float* b, int length)
    {
        var left = new ReadOnlySpan<float>(a, length);
        var right = new ReadOnlySpan<float>(b, length);
        var expected = ReferenceDistance.Between(metric, left, right);
        var size = Math.Abs(expected);
        if (metric is DistanceMetric.Dot or DistanceMetric.Cosine)
        {
            size = 0;
            for (var i = 0; i < length; i++)
            {
                size += Math.Abs((double)left[i] * right[i]);
            }
        }

        return (expected, (size * (length + 2) * 1.2e-7) + (length * (double)float.Epsilon));
    }
}
