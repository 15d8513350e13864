using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Partitions.Tests.Reclaiming;

public sealed class MemoryBudgetTests
{
    [Fact]
    public async Task Past_the_limit_writes_are_refused_with_facts_while_reads_and_deletions_go_on()
    {
        using TempFolder folder = new();
        await using (PartitionHost host = new(folder.Path))
        {
            await host.FillAsync(0, 100);
        }

        await using PartitionHost full = new(folder.Path, options: PartitionHost.Options with { MemoryBytesMax = 1 << 20 });
        MemoryBudgetException refusal = await Assert.ThrowsAsync<MemoryBudgetException>(() => full.FillAsync(100, 1));
        Assert.Equal(1 << 20, refusal.BytesMax);
        Assert.True(refusal.UsedBytes > refusal.BytesMax);
        Assert.Contains("memory-bytes", refusal.Message, StringComparison.Ordinal);
        full.CheckFilled(0, 100);
        await full.WriteAsync(new DeletePoints(PartitionHost.Ids(0, 1)));
        Assert.Equal(98, full.Partition.Count(null, CancellationToken.None));
    }

    [Fact]
    public async Task Below_the_limit_nothing_is_refused()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, options: PartitionHost.Options with { MemoryBytesMax = 1L << 40 });
        await host.FillAsync(0, 100);
        host.CheckFilled(0, 100);
        Assert.True(ProcessMemory.Measure() > 1 << 20);
        Assert.True(ProcessMemory.TotalBytes > 1 << 20);
    }
}
