using System.Diagnostics;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Tests.Concurrency;

namespace OrleansVectors.Partitions.Tests.PayloadIndexing;

public sealed class PayloadIndexSnapshotTests
{
    private const int Points = 64;
    private const int Bystanders = 1500;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    private static readonly Filter s_inBatch = new() { Must = [new MatchCondition(PayloadPath.Parse("kind"), new MatchString("batch"))] };

    private static readonly Filter s_notInBatch = new() { MustNot = [new MatchCondition(PayloadPath.Parse("kind"), new MatchString("batch"))] };

    private static readonly Filter s_hasGeneration = new() { Must = [new RangeCondition(PayloadPath.Parse("generation"), new NumberRange(null, null, null, 0))] };

    [Fact]
    public async Task Indexes_answer_for_one_moment_while_points_are_replaced_edited_and_deleted()
    {
        using TempFolder folder = new();
        PartitionSchema schema = PartitionHost.SchemaOf(PartitionHost.Field(0, "")) with
        {
            PayloadIndexes =
            [
                new(1, PayloadPath.Parse("kind"), PayloadIndexType.Keyword),
                new(2, PayloadPath.Parse("generation"), PayloadIndexType.Integer),
            ],
        };
        PartitionOptions options = PartitionHost.Options with { PointsMax = 1 << 22 };
        await using PartitionHost host = new(folder.Path, schema, options);
        await host.FillAsync(1000, Bystanders);
        await WriteGenerationAsync(host, 1);
        await host.WaitForIndexingAsync();
        Func<string?>[] checks =
        [
            () => CheckCounts(host),
            () => CheckScroll(host),
            () => CheckFacet(host),
            () => CheckSearch(host),
        ];
        using GenerationReaders readers = new(checks);
        long generation = 1;
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed < Duration && !readers.HasFailed)
        {
            await WriteGenerationAsync(host, ++generation);
        }

        await readers.AssertAllReadAsync();
    }

    private static async Task WriteGenerationAsync(PartitionHost host, long generation)
    {
        PayloadDocument payload = PartitionHost.Payload($$"""{"kind":"batch","generation":{{generation}}}""");
        ulong[] ids = [.. Enumerable.Range(0, Points).Select(id => (ulong)id)];
        UpsertPoints upsert = new([.. ids.Select(id => new PointInput(
            PointId.FromNumber(id), [new NamedVector("", PartitionHost.Vector(-5 - (id * 0.001f)))], payload))]);
        switch (generation % 4)
        {
            case 0:
                await host.WriteAsync(new DeletePoints(PartitionHost.Ids(ids)), upsert);
                break;
            case 1:
                await host.WriteAsync(upsert);
                break;
            case 2:
                await host.WriteAsync(new OverwritePayload(new PointSelection.ByFilter(s_inBatch), payload));
                break;
            default:
                await host.WriteAsync(new OverwritePayload(PartitionHost.Ids(ids), payload));
                break;
        }
    }

    private static string? CheckCounts(PartitionHost host)
    {
        foreach ((Filter filter, int expected) in ((Filter, int)[])[(s_inBatch, Points), (s_notInBatch, Bystanders), (s_hasGeneration, Points)])
        {
            long counted = host.Partition.Count(filter, CancellationToken.None);
            if (counted != expected)
            {
                return $"counted {counted} instead of {expected}";
            }
        }

        return null;
    }

    private static string? CheckScroll(PartitionHost host)
        => GenerationReaders.OneGeneration("scroll", Points, host.Partition.Scroll(
            new ScrollRequest { Filter = s_inBatch, Limit = Points * 2, Projection = PointProjection.Everything }, CancellationToken.None).Points);

    private static string? CheckSearch(PartitionHost host)
        => GenerationReaders.OneGeneration("search", Points, [.. host.Partition.Search(
            new SearchRequest
            {
                Vector = PartitionHost.Vector(1200),
                Filter = s_hasGeneration,
                Limit = Points * 2,
                Projection = PointProjection.Everything,
            },
            CancellationToken.None).Select(hit => hit.Point)]);

    private static string? CheckFacet(PartitionHost host)
    {
        IReadOnlyDictionary<FacetValue, long> generations = host.Partition.Facet(PayloadPath.Parse("generation"), s_inBatch, CancellationToken.None);
        return GenerationReaders.OneGeneration(Points, generations);
    }
}
