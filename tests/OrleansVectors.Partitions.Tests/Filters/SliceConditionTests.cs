using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Filters.Evaluation;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Filters;

public sealed class SliceConditionTests
{
    [Fact]
    public void Slices_are_disjoint_and_hold_every_point()
    {
        const uint Total = 4;
        CompiledFilter[] slices = [.. Enumerable.Range(0, (int)Total).Select(
            index => CompiledFilter.Compile(new Filter { Must = [new SliceCondition(Total, (uint)index)] }))];
        int[] sizes = new int[Total];
        for (ulong i = 0; i < 4_000; i++)
        {
            PointId id = i % 2 == 0 ? PointId.FromNumber(i) : PointId.FromBits(i, isUuid: true);
            int slice = Assert.Single(Enumerable.Range(0, (int)Total), s => slices[s].Matches(id, 0, PayloadView.Empty, NoVectors.Instance));
            sizes[slice]++;
        }

        Assert.All(sizes, size => Assert.InRange(size, 850, 1_150));
    }

    [Fact]
    public void The_hash_of_an_id_never_changes()
    {
        Assert.Equal(0xE849E8BB6FFE2567UL, SliceNode.Hash(PointId.FromNumber(0)));
        Assert.Equal(0xF5D0CA21BA34D504UL, SliceNode.Hash(PointId.FromUuid(new Guid("550e8400-e29b-41d4-a716-446655440000"))));
        Assert.Equal(0x0FC2553F07619DD3UL, SliceNode.Hash(PointId.FromNumber(42)));
        Assert.Equal(0xC902632ED88F897FUL, SliceNode.Hash(PointId.FromUuid(new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f"))));
        Assert.Equal(0xD0567CD44E891363UL, SipHash24.Hash([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]));
    }
}
