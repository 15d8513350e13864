using System.Globalization;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests.Reading;

public sealed class ScrollTests
{
    [Fact]
    public async Task Pages_over_three_partitions_give_every_point_once_in_id_order()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await OpenAsync(folder);
        Collection collection = database.GetCollection("c");
        PointId[] ids =
        [
            .. Enumerable.Range(0, 157).Select(i => TestDatabase.Id((ulong)(i * i * 7919) % 100_003)),
            .. Enumerable.Range(0, 40).Select(i => PointId.FromUuid(new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))),
            TestDatabase.Id(ulong.MaxValue),
        ];
        ids = [.. ids.Distinct()];
        await collection.WriteAsync(new UpsertPoints([.. ids.Select(id => new PointInput(id, [], PayloadDocument.Empty))]));
        foreach (int limit in new[] { 1, 2, 7, 64, ids.Length - 1, ids.Length, ids.Length + 1 })
        {
            List<PointId> scrolled = [];
            PointId? from = null;
            do
            {
                ScrollPage page = await collection.ScrollAsync(new ScrollRequest { Limit = limit, From = from, Projection = PointProjection.IdOnly });
                Assert.True(page.Points.Count == limit || page.Next is null, $"limit {limit}: a short page in the middle");
                scrolled.AddRange(page.Points.Select(point => point.Id));
                from = page.Next;
            }
            while (from is not null);
            Assert.Equal(ids.Order(), scrolled);
        }

        ScrollPage between = await collection.ScrollAsync(new ScrollRequest { Limit = 1, From = TestDatabase.Id(100_004), Projection = PointProjection.IdOnly });
        Assert.Equal(TestDatabase.Id(ulong.MaxValue), between.Points[0].Id);
        Assert.True(between.Next!.Value.IsUuid);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, 40L)]
    [InlineData(true, 40L)]
    public async Task Points_come_in_the_order_of_integers_and_floats_each_value_once_ties_by_id(bool descending, long? start)
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await OpenAsync(folder);
        Collection collection = database.GetCollection("c");
        List<(double Value, ulong Id)> values = [];
        List<PointInput> points = [];
        for (ulong id = 0; id < 90; id++)
        {
            double[] own = (id % 5) switch
            {
                0 => [id % 30],
                1 => [(id % 30) + 0.5],
                2 => [id, id / 2.0],
                3 => [],
                _ => [double.NaN],
            };
            string json = string.Join(",", own.Select(value => double.IsNaN(value) ? "\"text\"" : value.ToString(CultureInfo.InvariantCulture)));
            points.Add(TestDatabase.Point(id, id % 5 == 3 ? "{}" : id % 5 == 2 ? $$"""{"v":[{{json}}]}""" : $$"""{"v":{{json}}}"""));
            values.AddRange(own.Where(value => !double.IsNaN(value) && (start is null || (descending ? value <= start : value >= start))).Select(value => (value, id)));
        }

        await collection.WriteAsync(new UpsertPoints(points));
        IEnumerable<(double Value, ulong Id)> expected = descending
            ? values.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Id)
            : values.OrderBy(pair => pair.Value).ThenBy(pair => pair.Id);
        OrderValue? from = start is { } s ? OrderValue.FromInteger(s) : null;
        ScrollPage page = await collection.ScrollAsync(new ScrollRequest
        {
            Limit = 25,
            OrderBy = new PayloadOrder(PayloadPath.Parse("v"), descending, from, PayloadOrderKind.Number),
            Projection = PointProjection.IdOnly,
        });
        Assert.Equal(expected.Take(25), page.Points.Zip(page.OrderValues!).Select(pair => (pair.Second.Real, pair.First.Id.Number)));
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Points_come_in_the_order_of_moments_whatever_their_zone()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await OpenAsync(folder);
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints(
        [
            TestDatabase.Point(1, """{"at":"2024-05-01T12:00:00Z"}"""),
            TestDatabase.Point(2, """{"at":"2024-05-01T13:30:00+02:00"}"""),
            TestDatabase.Point(3, """{"at":"2024-05-01T12:00:00.000001Z"}"""),
            TestDatabase.Point(4, """{"at":"not a time"}"""),
            TestDatabase.Point(5, """{"at":7}"""),
        ]));
        Assert.Equal([2ul, 1, 3], await IdsAsync(false));
        Assert.Equal([3ul, 1, 2], await IdsAsync(true));

        async Task<IEnumerable<ulong>> IdsAsync(bool descending) => (await collection.ScrollAsync(new ScrollRequest
        {
            Limit = 10,
            OrderBy = new PayloadOrder(PayloadPath.Parse("at"), descending, null, PayloadOrderKind.DateTime),
            Projection = PointProjection.IdOnly,
        })).Points.Select(point => point.Id.Number);
    }

    [Fact]
    public async Task Facets_count_points_over_all_partitions_most_frequent_first()
    {
        using TempFolder folder = new();
        await using VectorDatabase database = await OpenAsync(folder);
        Collection collection = database.GetCollection("c");
        await collection.WriteAsync(new UpsertPoints([.. Enumerable.Range(0, 60).Select(id => TestDatabase.Point(
            (ulong)id, $$"""{"tag":["t{{id % 4}}","t0","t0"],"n":{{id % 3}},"b":{{(id % 2 == 0 ? "true" : "false")}}}"""))]));
        Assert.Equal(
            [new(FacetValue.FromText("t0"), 60), new(FacetValue.FromText("t1"), 15), new(FacetValue.FromText("t2"), 15)],
            await FacetAsync("tag", null, 3));
        Assert.Equal([new(FacetValue.FromBoolean(false), 30), new(FacetValue.FromBoolean(true), 30)], await FacetAsync("b", null, 10));
        Assert.Equal([new(FacetValue.FromInteger(1), 20)], await FacetAsync("n", 1, 10));

        Task<IReadOnlyList<FacetHit>> FacetAsync(string key, long? n, int limit)
            => collection.FacetAsync(new FacetRequest(PayloadPath.Parse(key), n is { } value ? TestDatabase.Is("n", value) : null, limit));
    }

    private static async Task<VectorDatabase> OpenAsync(TempFolder folder)
    {
        VectorDatabase database = await TestDatabase.OpenAsync(folder);
        await database.CreateCollectionAsync("c", TestDatabase.Schema(partitions: 3));
        return database;
    }
}
