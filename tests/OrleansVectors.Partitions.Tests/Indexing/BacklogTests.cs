using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Tests.Indexing;

public sealed class BacklogTests
{
    private const int Dim = 128;
    private const int Gathered = 30_000;

    [Fact]
    public async Task A_write_does_not_wait_for_what_gathered_before_searches_came_in()
    {
        using TempFolder folder = new();
        await using PartitionHost host = new(
            folder.Path,
            PartitionHost.SchemaOf(PartitionHost.Field(0, "", dim: Dim, m: 16) with { EfConstruction = 200 }));
        await host.WriteAsync(Points(0, Gathered));
        Search(host);

        // The second one waits for as many insertions as it brings, since far more wait than may while searches come in.
        await host.WriteAsync(Points(Gathered, 1));
        Search(host);
        await host.WriteAsync(Points(Gathered + 1, 1));
        Assert.InRange(host.Partition.Statistics.Vectors[0].UnindexedVectors, 5_000, Gathered + 2);
        Assert.Equal(Gathered + 2, host.Partition.Statistics.Points);
    }

    private static void Search(PartitionHost host)
        => host.Partition.Search(new SearchRequest { Vector = new float[Dim], Limit = 1, HnswEf = 16 }, CancellationToken.None);

    private static UpsertPoints Points(int from, int count)
    {
        Random random = new(from);
        return new UpsertPoints([.. Enumerable.Range(from, count).Select(id => new PointInput(
            PointId.FromNumber((ulong)id),
            [new NamedVector("", (float[])[.. Enumerable.Range(0, Dim).Select(_ => random.NextSingle())])],
            PartitionHost.Payload("{}")))]);
    }
}
