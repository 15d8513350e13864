using System.Diagnostics;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Tests.Concurrency;

public sealed class SnapshotTests
{
    private const int Points = 48;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task No_read_sees_half_a_batch_while_checkpoints_indexing_and_removals_run()
    {
        using TempFolder folder = new();
        PartitionOptions options = PartitionHost.Options with { CheckpointLogBytes = 30_000, PointsMax = 1 << 22 };
        await using PartitionHost host = new(folder.Path, options: options);

        // Bystanders make the graph worth walking; the batch points crowd around one place.
        await host.FillAsync(1000, 1500);
        await WriteGenerationAsync(host, 1);
        Func<string?>[] checks = [() => CheckGet(host), () => CheckScroll(host), () => CheckCount(host), () => CheckSearch(host), () => CheckOrder(host)];
        using GenerationReaders readers = new(checks);

        long generation = 1;
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration && !readers.HasFailed)
        {
            await WriteGenerationAsync(host, ++generation);
            Assert.Equal(Points, host.Partition.Count(PartitionHost.Is("generation", generation), CancellationToken.None));
        }

        await readers.AssertAllReadAsync();
        PartitionStatistics statistics = host.Partition.Statistics;
        Assert.Null(statistics.WriteFailure ?? statistics.CheckpointFailure ?? statistics.IndexingFailure);
        Assert.True(statistics.SegmentFiles > 0, "a checkpoint was written meanwhile");
    }

    // Alternates between replacing the points, changing payloads in place, and deleting and making them in one list.
    private static async Task WriteGenerationAsync(PartitionHost host, long generation)
    {
        PayloadDocument payload = PartitionHost.Payload($$"""{"batch":true,"generation":{{generation}}}""");
        ulong[] ids = [.. Enumerable.Range(0, Points).Select(id => (ulong)id)];
        UpsertPoints upsert = new([.. ids.Select(id => new PointInput(
            PointId.FromNumber(id), [new NamedVector("", PartitionHost.Vector(-5 - (id * 0.001f) - (generation * 1e-5f)))], payload))]);
        switch (generation % 3)
        {
            case 0:
                await host.WriteAsync(new DeletePoints(PartitionHost.Ids(ids)), upsert);
                break;
            case 1:
                await host.WriteAsync(upsert);
                break;
            default:
                await host.WriteAsync(new OverwritePayload(PartitionHost.Ids(ids), payload));
                break;
        }
    }

    private static string? CheckGet(PartitionHost host)
        => GenerationReaders.OneGeneration("get", Points, host.Partition.Get(
            [.. Enumerable.Range(0, Points).Select(id => PointId.FromNumber((ulong)id))], PointProjection.Everything));

    private static string? CheckScroll(PartitionHost host)
        => GenerationReaders.OneGeneration("scroll", Points, host.Partition.Scroll(
            new ScrollRequest { Limit = Points, Projection = PointProjection.Everything }, CancellationToken.None).Points);

    private static string? CheckOrder(PartitionHost host)
        => GenerationReaders.OneGeneration("ordered scroll", Points, host.Partition.Scroll(
            new ScrollRequest
            {
                Limit = Points,
                OrderBy = new PayloadOrder(PayloadPath.Parse("generation"), true, null, PayloadOrderKind.Number),
                Projection = PointProjection.Everything,
            },
            CancellationToken.None).Points);

    // The walk is approximate, so bystanders may take some batch points' places. What it must never do is mix generations,
    // or miss the whole crowd, even while a removal takes out every old neighbour it had.
    private static string? CheckSearch(PartitionHost host)
    {
        SearchAnswer hits = host.Search(-5, Points);
        string[] batches = [.. hits.Where(hit => hit.Point.Id.Number < Points).Select(hit => hit.Point.Payload!.ToString()).Distinct()];
        bool distinct = hits.Select(hit => hit.Point.Id).Distinct().Count() == Points;
        return distinct && batches.Length == 1 ? null : $"search: {hits.Count} hits, {string.Join(", ", batches)}";
    }

    private static string? CheckCount(PartitionHost host)
    {
        IReadOnlyDictionary<FacetValue, long> generations = host.Partition.Facet(PayloadPath.Parse("generation"), null, CancellationToken.None);
        return GenerationReaders.OneGeneration(Points, generations);
    }
}
