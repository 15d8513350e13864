using System.Text;
using System.Text.Json.Nodes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Tests.Filters;
using OrleansVectors.Partitions.Tests.Payloads;

namespace OrleansVectors.Partitions.Tests.PayloadIndexing;

public sealed class PayloadIndexModelTests
{
    private const int Ids = 300;
    private const int Rounds = 20;
    private const int FiltersPerRound = 40;

    private static readonly string[] s_paths = ["a", "b", "c", "\"k.x\"", "a.b", "a[]", "b[].a", "c.a", "a[].b", "b[0]"];

    [Theory]
    [InlineData(20261122)]
    [InlineData(7)]
    public async Task Filters_match_the_same_points_with_indexes_as_by_their_rules_through_writes_schema_changes_and_reopenings(int seed)
    {
        using TempFolder folder = new();
        Random random = new(seed);
        RandomJson json = new(random);
        PartitionSchema schema = PartitionHost.SchemaOf(PartitionHost.Field(0, "")) with { PayloadIndexes = RandomIndexes(random, 0) };
        PartitionHost host = new(folder.Path, schema);
        int matched = 0;
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                string where = $"seed {seed}, round {round}";
                await ChangeAsync(host, random, json);
                switch (random.Next(6))
                {
                    case 0:
                        await host.DisposeAsync();
                        host = new PartitionHost(folder.Path, schema);
                        break;
                    case 1:
                        schema = schema with { PayloadIndexes = RandomIndexes(random, (ushort)(round * 100)) };
                        await host.Partition.ChangeSchemaAsync(schema);
                        break;
                }

                // Half of the rounds look while indexes are being built.
                if (random.Next(2) == 0)
                {
                    await host.WaitForIndexingAsync();
                }

                matched += Check(host, random, json, where);
            }
        }
        finally
        {
            await host.DisposeAsync();
        }

        Assert.InRange(matched, 1, int.MaxValue);
    }

    private static async Task ChangeAsync(PartitionHost host, Random random, RandomJson json)
    {
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            PointSelection some = random.Next(4) == 0
                ? new PointSelection.ByFilter(RandomFilters.Next(random, json, depth: 2))
                : PartitionHost.Ids([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => (ulong)random.Next(Ids)).Distinct()]);
            PayloadDocument payload = PartitionHost.Payload(json.Object(4).ToJsonString());
            PointOperation operation = random.Next(9) switch
            {
                0 when random.Next(3) == 0 => new DeletePoints(some),
                1 => new SetPayload(some, payload, null),
                2 => new OverwritePayload(some, payload),
                3 => new DeletePayloadKeys(some, [PayloadPath.Parse(json.Path())]),
                4 => new ClearPayload(some),
                _ => new UpsertPoints([.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => RandomPoint(random, json))]),
            };
            await host.WriteAsync(operation);
        }
    }

    private static PointInput RandomPoint(Random random, RandomJson json)
    {
        ulong id = (ulong)random.Next(Ids);
        return PartitionHost.Point(id, id, json.Object(4).ToJsonString());
    }

    private static int Check(PartitionHost host, Random random, RandomJson json, string where)
    {
        Dictionary<PointId, (JsonNode Node, PayloadDocument Document)> model = host.Partition
            .Get([.. Enumerable.Range(0, Ids).Select(id => PointId.FromNumber((ulong)id))], PointProjection.Everything)
            .ToDictionary(point => point.Id, point => (JsonNode.Parse(point.Payload!.ToString())!, point.Payload!));
        int matched = 0;
        for (int i = 0; i < FiltersPerRound; i++)
        {
            Filter filter = random.Next(3) == 0 ? OfGeo(random, json) : RandomFilters.Next(random, json, depth: 3);
            CompiledFilter compiled = CompiledFilter.Compile(filter);
            PointId[] expected = [.. model
                .Where(point => compiled.Matches(point.Key, 0, point.Value.Document.View, NoVectors.Instance))
                .Select(point => point.Key)
                .Order()];
            string what = $"{where}, filter {Convert.ToHexString(FilterCodec.Encode(filter))}";
            if (!HasGeo(filter))
            {
                Assert.True(
                    expected.SequenceEqual(model.Where(point => NaiveFilter.Matches(filter, point.Key, point.Value.Node)).Select(point => point.Key).Order()), what);
            }

            PointId[] scrolled = [.. host.Partition
                .Scroll(new ScrollRequest { Filter = filter, Limit = Ids, Projection = PointProjection.IdOnly }, CancellationToken.None)
                .Points.Select(point => point.Id)];
            Assert.True(expected.SequenceEqual(scrolled), $"{what}: {expected.Length} match, {scrolled.Length} are scrolled through");
            Assert.True(expected.Length == host.Partition.Count(filter, CancellationToken.None), $"{what}: counted");
            CheckSearch(host, filter, expected, random, what);
            CheckSearch(host, WrittenDifferently(filter), expected, random, what);
            CheckFacet(host, filter, expected, model, PayloadPath.Parse(s_paths[random.Next(s_paths.Length)]), what);
            matched += expected.Length;
        }

        return matched;
    }

    private static void CheckSearch(PartitionHost host, Filter filter, PointId[] expected, Random random, string what)
    {
        int limit = random.Next(2) == 0 ? Ids : random.Next(1, 20);
        float center = random.Next(Ids);
        SearchAnswer found = host.Partition.Search(
            new SearchRequest { Vector = PartitionHost.Vector(center), Filter = filter, Limit = limit, HnswEf = 300, Explain = true },
            CancellationToken.None);
        Assert.True(found.Count == Math.Min(limit, expected.Length), $"{what}: {expected.Length} match, {found.Count} of {limit} are found");
        Assert.True(found.All(hit => expected.AsSpan().BinarySearch(hit.Point.Id) >= 0), $"{what}: one is found that does not match");
        SearchExplanation explained = Assert.Single(found.Explanations);
        Assert.True(explained.MatchesMin <= expected.Length && expected.Length <= explained.MatchesMax, $"{what}: bounds {explained}");
        Assert.True(explained.Matches is null || explained.Matches == expected.Length, $"{what}: cardinality {explained}");
    }

    private static void CheckFacet(
        PartitionHost host, Filter filter, PointId[] expected, Dictionary<PointId, (JsonNode Node, PayloadDocument Document)> model, PayloadPath key, string what)
    {
        Counting.FacetCounter counter = new(key);
        foreach (PointId id in expected)
        {
            counter.Add(model[id].Document.Encoded);
        }

        IReadOnlyDictionary<FacetValue, long> counted = host.Partition.Facet(key, filter, CancellationToken.None);
        Assert.True(
            counter.Counts.OrderBy(pair => pair.Key).SequenceEqual(counted.OrderBy(pair => pair.Key)), $"{what}: facet {key}");
    }

    private static Filter WrittenDifferently(Filter filter)
        => new() { MustNot = [new FilterCondition(new Filter { MustNot = [new FilterCondition(filter)] })] };

    private static bool HasGeo(Filter filter)
        => filter.Must.Any(condition => condition is GeoRadiusCondition or GeoPolygonCondition);

    private static Filter OfGeo(Random random, RandomJson json)
    {
        PayloadPath key = PayloadPath.Parse(s_paths[random.Next(s_paths.Length)]);
        GeoPoint center = new(random.Next(-4, 5) + random.NextDouble(), random.Next(-4, 5));
        Condition condition = random.Next(2) == 0
            ? new GeoRadiusCondition(key, random.Next(5) == 0 ? new GeoPoint(179, 80) : center, random.Next(1, 900_000))
            : new GeoPolygonCondition(key, new GeoPolygon([new(-3, -3), new(3.5, -2), new(2, 4), new(-3, -3)], []));
        return random.Next(2) == 0
            ? new Filter { Must = [condition] }
            : new Filter { Must = [condition, new FilterCondition(RandomFilters.Next(random, json, depth: 1))] };
    }

    private static List<PayloadIndexSchema> RandomIndexes(Random random, ushort number)
    {
        PayloadIndexType[] types = [.. Enum.GetValues<PayloadIndexType>().Where(type => type != PayloadIndexType.Text)];
        List<PayloadIndexSchema> indexes = [];
        foreach (string path in s_paths)
        {
            if (random.Next(4) > 0)
            {
                indexes.Add(new PayloadIndexSchema(++number, PayloadPath.Parse(path), types[random.Next(types.Length)]));
            }
        }

        return indexes;
    }
}
