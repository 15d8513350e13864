using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Tests.Ordinals;

public sealed class OrdinalBitsTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(64, 1)]
    [InlineData(1000, 0.01)]
    [InlineData(1000, 0.3)]
    [InlineData(5003, 0.95)]
    public void Members_are_copied_ascending_into_any_room(int rows, double share)
    {
        (OrdinalBits bits, SortedSet<uint> model) = Filled(rows, share);
        using (bits)
        {
            uint[] members = [.. model];
            foreach (int room in (int[])[0, 1, members.Length / 2, members.Length, members.Length + 1, members.Length + OrdinalBits.CopyRoom])
            {
                uint[] target = new uint[room];
                int copied = bits.CopyTo(target);
                Assert.Equal(Math.Min(room, members.Length), copied);
                Assert.Equal(members[..copied], target[..copied]);
            }
        }
    }

    [Fact]
    public void Ordinals_from_a_bound_on_are_taken_out()
    {
        foreach (uint end in (uint[])[0, 1, 63, 64, 65, 700, 999, 1000, 5000])
        {
            (OrdinalBits bits, SortedSet<uint> model) = Filled(1000, 0.5);
            using (bits)
            {
                bits.RemoveFrom(end);
                Assert.Equal(model.Where(ordinal => ordinal < end), Members(bits));
            }
        }
    }

    [Fact]
    public unsafe void Ordinals_without_a_flag_are_taken_out()
    {
        const int Rows = 1000;
        using AlignedBuffer<byte> flags = new(1024);
        Random random = new(4);
        for (int i = 0; i < Rows; i++)
        {
            flags.Span[i] = (byte)(random.Next(2) * random.Next(1, 256));
        }

        (OrdinalBits bits, SortedSet<uint> model) = Filled(Rows, 0.5);
        using (bits)
        {
            bits.AndFlags(flags.Start);
            uint[] left = [.. model.Where(ordinal => flags.Span[(int)ordinal] != 0)];
            Assert.Equal(left, Members(bits));
        }
    }

    private static (OrdinalBits Bits, SortedSet<uint> Model) Filled(int rows, double share)
    {
        Random random = new(rows);
        OrdinalBits bits = OrdinalBits.Rent((uint)rows);
        SortedSet<uint> model = [];
        for (uint ordinal = 0; ordinal < rows; ordinal++)
        {
            if (random.NextDouble() < share)
            {
                bits.Add(ordinal);
                model.Add(ordinal);
            }
        }

        return (bits, model);
    }

    private static uint[] Members(OrdinalBits bits)
    {
        uint[] members = new uint[bits.Count()];
        bits.CopyTo(members);
        return members;
    }
}
