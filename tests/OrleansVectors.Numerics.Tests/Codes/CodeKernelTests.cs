using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Kernels.Codes;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Numerics.Tests.Codes;

public sealed unsafe class CodeKernelTests
{
    private const int Seed = 90_311;

    /// <summary>Components of codes: every length to 130, and what models make; the rest of the last block is zero.</summary>
    private static readonly int[] Dims = [.. Enumerable.Range(1, 130), 256, 384, 768, 1536, 4097];

    /// <summary>How a code and a query are filled: at random, or at the ends of their ranges.</summary>
    public enum Filling
    {
        Random,
        Zero,
        CodeSaturated,
        QuerySaturated,
        BothSaturated,
        QueryMostNegative,
    }

    [Theory]
    [MemberData(nameof(CodeKernelUnderTest.All), MemberType = typeof(CodeKernelUnderTest))]
    public void Every_length_agrees_with_the_reference_right_before_a_guard_page(CodeDistance distance, RegisterWidth width)
    {
        var kernel = CodeKernelUnderTest.Of(distance, width);
        Assert.Equal(width, kernel.Width);
        Assert.Equal(ReferenceCodeSum.PartsOf(distance), kernel.Parts);
        var random = new Random(Seed);
        using var codes = new GuardedMemory(8192);
        using var queries = new GuardedMemory(8 * 8192);
        foreach (var dim in Dims)
        {
            var bytes = CodeBlocks.PaddedLength((dim + kernel.Parts - 1) / kernel.Parts);
            var code = codes.End - bytes;
            var query = queries.End - (bytes * kernel.Parts);
            foreach (var filling in Enum.GetValues<Filling>())
            {
                Fill(random, distance, filling, dim, kernel.Parts, new Span<byte>(query, bytes * kernel.Parts), new Span<byte>(code, bytes));
                var expected = ReferenceCodeSum.Between(distance, new ReadOnlySpan<byte>(query, bytes * kernel.Parts), new ReadOnlySpan<byte>(code, bytes));
                var actual = kernel.Sum(query, code, bytes);
                Assert.True(expected == actual, $"{actual} instead of {expected}: {dim} components, {filling}, seed {Seed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(CodeKernelUnderTest.All), MemberType = typeof(CodeKernelUnderTest))]
    public void Scattered_and_consecutive_codes_agree_with_single_ones(CodeDistance distance, RegisterWidth width)
    {
        const int rows = 29;
        var kernel = CodeKernelUnderTest.Of(distance, width);
        var random = new Random(Seed);
        using var ordinals = new AlignedBuffer<uint>(rows);
        using var sums = new AlignedBuffer<int>(rows + 1);
        foreach (var bytes in new[] { 64, 128, 192, 832 })
        {
            foreach (var stride in new[] { bytes, bytes + 64 })
            {
                using var memory = new GuardedMemory(rows * stride);
                using var query = new AlignedBuffer<byte>(bytes * kernel.Parts);
                var codes = memory.End - ((rows - 1) * stride) - bytes;
                for (var row = 0; row < rows; row++)
                {
                    ordinals[row] = (uint)random.Next(rows);
                    Fill(random, distance, Filling.Random, bytes * kernel.Parts, kernel.Parts, query.Span, new Span<byte>(codes + (row * stride), bytes));
                }

                ordinals[0] = rows - 1;
                foreach (var count in new[] { 0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, rows })
                {
                    sums[count] = 42;
                    kernel.Gather(query.Start, codes, stride, bytes, ordinals.Start, count, sums.Start);
                    Assert.Equal(42, sums[count]);
                    for (var i = 0; i < count; i++)
                    {
                        Assert.Equal(kernel.Sum(query.Start, codes + (ordinals[i] * stride), bytes), sums[i]);
                    }

                    kernel.Scan(query.Start, codes, stride, bytes, count, sums.Start);
                    Assert.Equal(42, sums[count]);
                    for (var i = 0; i < count; i++)
                    {
                        Assert.Equal(kernel.Sum(query.Start, codes + (i * stride), bytes), sums[i]);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(CodeKernelUnderTest.All), MemberType = typeof(CodeKernelUnderTest))]
    public void The_largest_code_does_not_overflow(CodeDistance distance, RegisterWidth width)
    {
        const int dim = 65_536;
        var kernel = CodeKernelUnderTest.Of(distance, width);
        using var code = new AlignedBuffer<byte>(dim / kernel.Parts);
        using var query = new AlignedBuffer<byte>(dim);
        foreach (var filling in new[] { Filling.CodeSaturated, Filling.BothSaturated, Filling.QueryMostNegative })
        {
            Fill(new Random(Seed), distance, filling, dim, kernel.Parts, query.Span, code.Span);
            Assert.Equal(ReferenceCodeSum.Between(distance, query.Span, code.Span), kernel.Sum(query.Start, code.Start, code.Length));
        }
    }

    [Fact]
    public void The_picker_refuses_what_is_not_defined()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CodeKernelUnderTest.Of((CodeDistance)99, RegisterWidth.Bits128));
        Assert.Throws<ArgumentOutOfRangeException>(() => CodeKernelUnderTest.Of(CodeDistance.Hamming, (RegisterWidth)64));
    }

    /// <summary>Fills the first <paramref name="dim"/> components of both within their ranges, and zeros the others.</summary>
    private static void Fill(Random random, CodeDistance distance, Filling filling, int dim, int parts, Span<byte> query, Span<byte> code)
    {
        query.Clear();
        code.Clear();
        var signed = distance is CodeDistance.ByteDot or CodeDistance.NibbleDot or CodeDistance.CrumbDot or CodeDistance.BitDot;
        var codeMost = distance is CodeDistance.Hamming or CodeDistance.ByteManhattan ? 255 : parts == 1 ? 127 : (1 << (8 / parts)) - 1;
        var queryMost = distance is CodeDistance.Hamming or CodeDistance.ByteManhattan ? 255
            : distance is CodeDistance.NibbleEuclidean or CodeDistance.NibbleManhattan ? 63 : 127;
        var bits = 8 / parts;
        for (var i = 0; i < dim; i++)
        {
            var block = i / (CodeBlocks.Bytes * parts);
            var part = i / CodeBlocks.Bytes % parts;
            var number = filling switch
            {
                Filling.Random => random.Next(codeMost + 1),
                Filling.CodeSaturated or Filling.BothSaturated or Filling.QueryMostNegative => codeMost,
                _ => 0,
            };
            code[(block * CodeBlocks.Bytes) + (i % CodeBlocks.Bytes)] |= (byte)(number << (part * bits));
            query[i] = filling switch
            {
                Filling.Random => (byte)(signed ? random.Next(-127, 128) : random.Next(queryMost + 1)),
                Filling.QuerySaturated or Filling.BothSaturated => (byte)queryMost,
                Filling.QueryMostNegative when signed => unchecked((byte)-127),
                _ => 0,
            };
        }
    }
}
