using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Numerics.Tests;

public sealed unsafe class BatchKernelTests
{
    private const int Rows = 37;
    private const int Seed = 4_211;

    [Theory]
    [MemberData(nameof(KernelUnderTest.All), MemberType = typeof(KernelUnderTest))]
    public void Scattered_and_consecutive_rows_agree_with_single_distances(DistanceMetric metric, RegisterWidth width)
    {
        var kernel = KernelUnderTest.Of(metric, width);
        var random = new Random(Seed);
        foreach (var paddedLength in new[] { 16, 32, 48, 64, 80, 128, 256, 784 })
        {
            foreach (var stride in new[] { paddedLength * sizeof(float), (paddedLength * sizeof(float)) + 128 })
            {
                using var query = new AlignedBuffer<float>(paddedLength);
                using var distances = new AlignedBuffer<float>(Rows + 1);
                using var ordinals = new AlignedBuffer<uint>(Rows);

                // The last row ends on a guard page: reading past any row's end would be seen.
                using var memory = new GuardedMemory(Rows * stride);
                var rows = memory.End - (Rows * stride) + (stride - (paddedLength * sizeof(float)));
                Vectors.Fill(random, query.Span);
                for (var row = 0; row < Rows; row++)
                {
                    Vectors.Fill(random, new Span<float>(rows + (row * stride), paddedLength));
                    ordinals[row] = (uint)random.Next(Rows);
                }

                ordinals[0] = Rows - 1;
                foreach (var count in new[] { 0, 1, 2, 3, 4, 5, 7, 8, 9, Rows - 1, Rows })
                {
                    var what = $"{count} rows of {paddedLength}, stride {stride}, seed {Seed}";
                    distances[count] = 42;
                    kernel.Gather(query.Start, rows, stride, paddedLength, ordinals.Start, count, distances.Start);
                    Assert.Equal(42, distances[count]);
                    for (var i = 0; i < count; i++)
                    {
                        AssertSame(kernel, query.Start, rows + (ordinals[i] * stride), paddedLength, distances[i], what);
                    }

                    kernel.Scan(query.Start, rows, stride, paddedLength, count, distances.Start);
                    Assert.Equal(42, distances[count]);
                    for (var i = 0; i < count; i++)
                    {
                        AssertSame(kernel, query.Start, rows + (i * stride), paddedLength, distances[i], what);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_row_beyond_four_gigabytes_of_floats_is_addressed_without_overflow()
    {
        // Ordinal times stride needs 64 bits: 3,000,000 rows of 4,096 bytes are 12 GB of addresses, one page of memory.
        const uint ordinal = 3_000_000;
        const int stride = 4096;
        using var row = new AlignedBuffer<float>(stride / sizeof(float));
        using var query = new AlignedBuffer<float>(stride / sizeof(float));
        row.Span.Fill(1);
        query.Span.Fill(3);
        var far = ordinal;
        float distance;
        KernelUnderTest.Of(DistanceMetric.Manhattan, RegisterWidth.Bits256)
            .Gather(query.Start, (byte*)row.Start - ((long)ordinal * stride), stride, row.Length, &far, 1, &distance);
        Assert.Equal(2f * row.Length, distance);
    }

    /// <summary>Batches may add in another order than pairs do, so the last bits may differ.</summary>
    private static void AssertSame(KernelUnderTest kernel, float* query, byte* row, int paddedLength, float actual, string what)
    {
        var expected = kernel.PaddedDistance(query, (float*)row, paddedLength);
        Assert.True(Math.Abs(expected - actual) <= 1e-6f * paddedLength, $"{actual} instead of {expected}, {what}");
    }
}
