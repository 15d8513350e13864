using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Tests.Recovery;

public sealed class SchemaChangeTests
{
    private static readonly VectorFieldSchema First = PartitionHost.Field(0, "");
    private static readonly VectorFieldSchema Second = PartitionHost.Field(1, "b", dim: 3);

    [Fact]
    public async Task A_filter_over_a_removed_vector_decides_the_same_when_it_is_replayed()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(First, Second));
        await host.FillAsync(0, 10);
        await host.WriteAsync(new UpdateVectors([new PointVectors(PointId.FromNumber(3), [new NamedVector("b", new float[] { 1, 2, 3 })])]));
        await host.WriteAsync(new DeletePoints(new PointSelection.ByFilter(new Filter { Must = [new HasVectorCondition("b")] })));
        Assert.Equal(9, host.Partition.Count(null, CancellationToken.None));
        await host.ChangeSchemaAsync(First);

        using TempFolder crashed = folder.Copy();
        await using PartitionHost reopened = new(crashed.Path, PartitionHost.SchemaOf(First));
        Assert.Equal(9, reopened.Partition.Count(null, CancellationToken.None));
    }

    [Fact]
    public async Task A_name_that_comes_back_begins_empty_also_after_a_replay_of_the_whole_log()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(First, Second));
        await host.FillAsync(0, 10);
        await host.WriteAsync(new UpdateVectors([new PointVectors(PointId.FromNumber(3), [new NamedVector("b", new float[] { 1, 2, 3 })])]));
        VectorFieldSchema again = PartitionHost.Field(2, "b", dim: 5);
        await host.ChangeSchemaAsync(First, again);
        await host.WriteAsync(new UpdateVectors([new PointVectors(PointId.FromNumber(4), [new NamedVector("b", new float[] { 1, 2, 3, 4, 5 })])]));
        Check(host);

        using TempFolder crashed = folder.Copy();
        await using PartitionHost reopened = new(crashed.Path, PartitionHost.SchemaOf(First, again));
        Check(reopened);

        static void Check(PartitionHost host)
        {
            SearchAnswer hits = host.Partition.Search(
                new SearchRequest { VectorName = "b", Vector = new float[5], Limit = 10 }, CancellationToken.None);
            Assert.Equal([4ul], hits.Select(hit => hit.Point.Id.Number));
            VectorMismatchException mismatch = Assert.Throws<VectorMismatchException>(() => host.Partition.Search(
                new SearchRequest { VectorName = "b", Vector = new float[3], Limit = 10 }, CancellationToken.None));
            Assert.Equal(5, mismatch.ExpectedDim);
        }
    }

    [Theory]
    [InlineData(2, 64)]
    [InlineData(64, 2)]
    [InlineData(4, 0)]
    [InlineData(0, 4)]
    public async Task A_checkpoint_of_a_graph_with_other_links_is_opened_and_indexed_again(int before, int after)
    {
        using TempFolder folder = new();
        PartitionOptions options = PartitionHost.Options with { PointsMax = 3100 };
        await using (PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(PartitionHost.Field(0, "", m: before)), options))
        {
            await host.FillAsync(0, 3000);
            await host.WaitForIndexingAsync();
        }

        // The schema was saved, and the process died before the partition heard of it.
        await using PartitionHost reopened = new(folder.Path, PartitionHost.SchemaOf(PartitionHost.Field(0, "", m: after)), options);
        await reopened.WaitForIndexingAsync();
        reopened.CheckFilled(0, 3000);
        Assert.Equal(after == 0 ? 0 : 3000, reopened.Partition.Statistics.IndexedVectors);
        Assert.Equal(1500ul, reopened.Search(1500, 1)[0].Point.Id.Number);
    }

    [Fact]
    public async Task A_schema_that_cannot_be_taken_changes_nothing_and_writes_go_on()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(First));
        await host.FillAsync(0, 10);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Partition.ChangeSchemaAsync(
            PartitionHost.SchemaOf(Second, First with { Dim = 9 })));
        await host.FillAsync(10, 10);
        host.CheckFilled(0, 20);
    }

    [Fact]
    public async Task Names_and_links_change_under_writes_searches_and_checkpoints()
    {
        const int Rounds = 25;
        using TempFolder folder = new();
        PartitionHost host = new(folder.Path, options: PartitionHost.Options with { CheckpointLogBytes = 20_000, PointsMax = 1 << 20 });
        await using (host)
        {
            await host.FillAsync(0, 800);
            using CancellationTokenSource stop = new();
            Task writer = Task.Run(async () =>
            {
                for (int round = 0; !stop.IsCancellationRequested; round++)
                {
                    await host.FillAsync(round * 20 % 800, 20);
                }
            });
            Task searcher = Task.Run(() =>
            {
                for (int round = 0; !stop.IsCancellationRequested; round++)
                {
                    Assert.Equal((ulong)(round * 7 % 800), host.Search(round * 7 % 800, 1, exact: true)[0].Point.Id.Number);
                    Assert.Equal(5, host.Search(round, 5).Count);
                    try
                    {
                        host.Partition.Search(new SearchRequest { VectorName = "b", Vector = new float[3], Limit = 3 }, CancellationToken.None);
                    }
                    catch (VectorMismatchException)
                    {
                        // The name is away, or has another dimension just now.
                    }
                }
            });
            for (ushort round = 1; round < Rounds; round++)
            {
                await host.ChangeSchemaAsync(First, PartitionHost.Field(round, "b", dim: 3 + (round % 2)));
                await host.WriteAsync(new UpdateVectors([.. Enumerable.Range(0, 1).Select(_ =>
                    new PointVectors(PointId.FromNumber(900), [new NamedVector("b", new float[3 + (round % 2)])]))]));
                await host.ChangeSchemaAsync(PartitionHost.Field(0, "", m: 4 + (round % 3)));
            }

            await stop.CancelAsync();
            await Task.WhenAll(writer, searcher);
            await host.ChangeSchemaAsync(First);
            await host.WaitForIndexingAsync();
            host.CheckFilled(0, 800);
            Assert.Null(host.Partition.Statistics.WriteFailure ?? host.Partition.Statistics.CheckpointFailure);
        }

        await using PartitionHost reopened = new(folder.Path, options: PartitionHost.Options with { PointsMax = 1 << 20 });
        reopened.CheckFilled(0, 800);
    }
}
