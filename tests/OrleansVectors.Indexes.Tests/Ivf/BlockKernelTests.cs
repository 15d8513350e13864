using System.Runtime.Intrinsics.X86;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Tests.Ivf;

public sealed unsafe class BlockKernelTests
{
    private delegate void NibbleKernel(byte* codes, byte* table, int groups, float* sums);

    private delegate void ByteKernel(byte* codes, sbyte* query, int groups, float* sums);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(64, true)]
    [InlineData(65, true)]
    [InlineData(200, false)]
    public void Every_width_of_the_fast_scan_sums_what_the_table_says(int groups, bool saturated)
    {
        const int seed = 1;
        var random = new Random(seed);
        using var codes = new AlignedBuffer<byte>(groups * 64);
        using var table = new AlignedBuffer<byte>(groups * 64);
        random.NextBytes(codes.Span);
        random.NextBytes(table.Span);
        if (saturated)
        {
            table.Span.Fill(255);
        }

        var expected = new float[32];
        for (var entry = 0; entry < 32; entry++)
        {
            for (var column = 0; column < groups * 4; column++)
            {
                var code = (codes[(column * 16) + (entry & 15)] >> (entry < 16 ? 0 : 4)) & 15;
                expected[entry] += table[(column * 16) + code];
            }
        }

        var sums = new float[32];
        foreach (var (kernel, isSupported) in (ReadOnlySpan<(NibbleKernel, bool)>)[(NibbleSums.Sum128, true), (NibbleSums.Sum256, Avx2.IsSupported), (NibbleSums.Sum512, Avx512BW.IsSupported)])
        {
            if (isSupported)
            {
                sums.AsSpan().Fill(float.NaN);
                fixed (float* start = sums)
                {
                    kernel(codes.Start, table.Start, groups, start);
                }

                Assert.True(expected.AsSpan().SequenceEqual(sums), $"{kernel.Method.Name}, seed {seed}");
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(32, true)]
    [InlineData(200, true)]
    public void Every_width_of_the_byte_products_sums_exactly(int groups, bool extreme)
    {
        const int seed = 2;
        var random = new Random(seed);
        using var codes = new AlignedBuffer<byte>(groups * 128);
        using var query = new AlignedBuffer<sbyte>(groups * 4);
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)(extreme ? 127 : random.Next(128));
        }

        for (var i = 0; i < query.Length; i++)
        {
            query[i] = (sbyte)(extreme ? -127 : random.Next(-127, 128));
        }

        var expected = new float[32];
        for (var entry = 0; entry < 32; entry++)
        {
            var sum = 0;
            for (var d = 0; d < groups * 4; d++)
            {
                sum += query[d] * codes[(d / 4 * 128) + (entry * 4) + (d % 4)];
            }

            expected[entry] = sum;
        }

        var sums = new float[32];
        foreach (var (kernel, isSupported) in (ReadOnlySpan<(ByteKernel, bool)>)[(ByteSums.SumPortably, true), (ByteSums.Sum256, Avx2.IsSupported), (ByteSums.Sum512, Avx512BW.IsSupported)])
        {
            if (isSupported)
            {
                fixed (float* start = sums)
                {
                    kernel(codes.Start, query.Start, groups, start);
                }

                Assert.True(expected.AsSpan().SequenceEqual(sums), $"{kernel.Method.Name}, seed {seed}");
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(128)]
    [InlineData(784)]
    public void A_rotation_keeps_lengths_and_inner_products(int length)
    {
        var random = new Random(3);
        var rotation = new HadamardRotation(length, 7);
        using var a = new AlignedBuffer<float>(length);
        using var b = new AlignedBuffer<float>(length);
        a[0] = 1;
        for (var i = 0; i < length; i++)
        {
            b[i] = random.NextSingle() - 0.5f;
        }

        var expected = (b[0], Squares(b));
        rotation.Rotate(a.Start, a.Start);
        rotation.Rotate(b.Start, b.Start);
        Assert.Equal(expected.Item1, a.Span.ToArray().Zip(b.Span.ToArray(), (x, y) => x * y).Sum(), 1e-4f);
        Assert.Equal(expected.Item2, Squares(b), 1e-3f);
        var rotated = b.Span.ToArray();
        rotation.RotateBack(b.Start);
        Assert.Equal(expected.Item1, b[0], 1e-4f);
        rotation.Rotate(b.Start, b.Start);
        Assert.All(rotated.Zip(b.Span.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        // One component is spread over all.
        Assert.InRange(a.Span.ToArray().Max(Math.Abs), 0, length == 16 ? 1 : 6 / MathF.Sqrt(length));
    }

    private static float Squares(AlignedBuffer<float> vector) => vector.Span.ToArray().Sum(x => x * x);
}
