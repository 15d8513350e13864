using OrleansVectors.Faults.Histories;

namespace OrleansVectors.Faults.Tests.Histories;

public sealed class GroupReadTests
{
    [Theory]
    [InlineData(new long[] { 3, 3, 3 }, 3)]
    [InlineData(new long[] { 0, 0, 0 }, 0)]
    public void A_batch_seen_whole_or_not_at_all_has_one_value(long[] values, long expected)
    {
        Assert.True(GroupRead.TryMerge(values, out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData(new long[] { 3, 3, 2 })]
    [InlineData(new long[] { 0, 3, 3 })]
    public void A_batch_seen_in_part_is_torn(long[] values) => Assert.False(GroupRead.TryMerge(values, out _));
}
