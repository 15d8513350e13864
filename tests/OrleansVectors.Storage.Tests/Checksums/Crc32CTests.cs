using OrleansVectors.Storage.Checksums;

namespace OrleansVectors.Storage.Tests.Checksums;

public sealed class Crc32CTests
{
    [Fact]
    public void The_examples_of_RFC_3720_come_out_right()
    {
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] readCommand = Convert.FromHexString(
            "01C00000000000000000000000000000140000000000040000000014000000182800000000000000" + "0200000000000000");

        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(ascending));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute([.. ascending.Reverse()]));
        Assert.Equal(0xD9963A56u, Crc32C.Compute(readCommand));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0u, Crc32C.Compute([]));
    }

    [Fact]
    public void Every_length_and_alignment_agrees_with_the_definition()
    {
        byte[] bytes = new byte[8200];
        new Random(1).NextBytes(bytes);
        for (int start = 0; start < 9; start++)
        {
            uint state = uint.MaxValue;
            for (int length = 0; start + length < bytes.Length; length++)
            {
                if (length < 200 || length % 509 < 3)
                {
                    uint actual = Crc32C.Compute(bytes.AsSpan(start, length));
                    Assert.True(~state == actual, $"start {start}, length {length}: {~state:x8}, not {actual:x8}");
                }

                state = Step(state, bytes[start + length]);
            }
        }
    }

    [Fact]
    public void A_checksum_can_be_taken_in_pieces()
    {
        byte[] bytes = new byte[10_000];
        new Random(2).NextBytes(bytes);
        uint whole = Crc32C.Compute(bytes);
        for (int cut = 0; cut <= bytes.Length; cut += 97)
        {
            Assert.Equal(whole, Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    /// <summary>One byte by the definition: divide by the reflected polynomial bit by bit.</summary>
    private static uint Step(uint state, byte value)
    {
        state ^= value;
        for (int bit = 0; bit < 8; bit++)
        {
            state = (state >> 1) ^ (0x82F63B78u & (0u - (state & 1)));
        }

        return state;
    }
}
