using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Kernels.Codes;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Numerics.Tests.Codes;

public sealed unsafe class BFloat16KernelTests
{
    private const int Seed = 61_007;

    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void Every_length_agrees_with_the_reference_right_before_a_guard_page(DistanceMetric metric, RegisterWidth width) =>
        BFloat16KernelPicker.Pick<LengthCheck, bool>(metric, width, new LengthCheck(metric, width));

    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void Scattered_and_consecutive_rows_agree_with_single_distances(DistanceMetric metric, RegisterWidth width) =>
        BFloat16KernelPicker.Pick<BatchCheck, bool>(metric, width, default);

    [Fact]
    public void Rounding_is_to_the_nearest_even_and_never_to_infinity()
    {
        float[] values = [0, -0f, 1, 1.00390625f, 1.01171875f, -1.0001f, float.MaxValue, -float.MaxValue, float.Epsilon, 3.14159f];
        float[] expected = [0, -0f, 1, 1, 1.015625f, -1, 3.3895314e38f, -3.3895314e38f, 0, 3.140625f];
        using var row = new AlignedBuffer<uint>(16);
        using var back = new AlignedBuffer<float>(32);
        fixed (float* vector = values)
        {
            BFloat16Rows.Encode(vector, values.Length, row.Start);
        }

        BFloat16Rows.Decode(row.Start, 32, back.Start);
        Assert.Equal(expected, back.Span[..values.Length].ToArray());
        Assert.All(back.Span[values.Length..].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_picker_refuses_what_is_not_defined()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BFloat16KernelPicker.Pick<BatchCheck, bool>((DistanceMetric)9, RegisterWidth.Bits128, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => BFloat16KernelPicker.Pick<BatchCheck, bool>(DistanceMetric.Dot, (RegisterWidth)64, default));
    }

    private readonly struct LengthCheck(DistanceMetric metric, RegisterWidth width) : IBFloat16KernelConsumer<bool>
    {
        public bool Use<TKernel>()
            where TKernel : struct, IBFloat16Kernel
        {
            Assert.Equal(width, TKernel.Width);
            var random = new Random(Seed);
            using var queries = new GuardedMemory(4128 * sizeof(float));
            using var rows = new GuardedMemory(4128 * sizeof(ushort));
            using var decoded = new AlignedBuffer<float>(4128);
            foreach (var dim in Enumerable.Range(1, 130).Concat([256, 384, 768, 1536, 4097]))
            {
                var padded = BFloat16Rows.PaddedLength(dim);
                var query = new Span<float>((float*)queries.End - padded, padded);
                var row = (uint*)(rows.End - (padded * sizeof(ushort)));
                query.Clear();
                Vectors.Fill(random, query[..dim]);
                Vectors.Fill(random, decoded.Span[..dim]);
                BFloat16Rows.Encode(decoded.Start, dim, row);
                BFloat16Rows.Decode(row, padded, decoded.Start);
                var expected = ReferenceDistance.Between(metric, query[..dim], decoded.Span[..dim]);
                var actual = TKernel.Distance((float*)queries.End - padded, (byte*)row, (nuint)padded);
                Assert.True(Math.Abs(expected - actual) <= 1e-6 * (dim + 2), $"{actual} instead of {expected}, {dim} components, seed {Seed}");
            }

            return true;
        }
    }

    private readonly struct BatchCheck : IBFloat16KernelConsumer<bool>
    {
        public bool Use<TKernel>()
            where TKernel : struct, IBFloat16Kernel
        {
            const int count = 13;
            var random = new Random(Seed);
            using var ordinals = new AlignedBuffer<uint>(count);
            using var distances = new AlignedBuffer<float>(count + 1);
            foreach (var padded in new[] { 32, 96, 128, 800 })
            {
                var stride = padded * sizeof(ushort);
                using var rows = new GuardedMemory(count * stride);
                using var query = new AlignedBuffer<float>(padded);
                using var vector = new AlignedBuffer<float>(padded);
                var start = rows.End - (count * stride);
                for (var i = 0; i < count; i++)
                {
                    Vectors.Fill(random, vector.Span);
                    BFloat16Rows.Encode(vector.Start, padded, (uint*)(start + (i * stride)));
                    ordinals[i] = (uint)random.Next(count);
                }

                Vectors.Fill(random, query.Span);
                for (var n = 0; n <= count; n++)
                {
                    distances[n] = 42;
                    TKernel.Gather(query.Start, start, (nuint)stride, (nuint)padded, ordinals.Start, n, distances.Start);
                    for (var i = 0; i < n; i++)
                    {
                        AssertNear(TKernel.Distance(query.Start, start + (ordinals[i] * stride), (nuint)padded), distances[i], padded);
                    }

                    TKernel.Scan(query.Start, start, (nuint)stride, (nuint)padded, n, distances.Start);
                    for (var i = 0; i < n; i++)
                    {
                        AssertNear(TKernel.Distance(query.Start, start + (i * stride), (nuint)padded), distances[i], padded);
                    }

                    Assert.Equal(42, distances[n]);
                }
            }

            return true;
        }

        private static void AssertNear(float expected, float actual, int length) =>
            Assert.True(Math.Abs(expected - actual) <= 1e-6f * length, $"{actual} instead of {expected}, seed {Seed}");
    }
}
