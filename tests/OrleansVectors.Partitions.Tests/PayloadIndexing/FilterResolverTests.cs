using OrleansVectors.Partitions.Counting;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Filters.Resolution;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;
using OrleansVectors.Partitions.Tests.Filters;
using OrleansVectors.Partitions.Tests.Payloads;
using OrleansVectors.Partitions.Writing;

namespace OrleansVectors.Partitions.Tests.PayloadIndexing;

public sealed class FilterResolverTests
{
    private const int Ids = 200;

    private static readonly string[] s_paths = ["a", "b", "c", "\"k.x\"", "a.b", "a[]", "b[].a", "c.a", "a[].b"];

    // Lists, sets, what is left open: every way of finding out, whatever it would cost.
    private static readonly ResolutionLimits[] s_limits =
    [
        new(ListMax: 0, ValuesMax: long.MaxValue, LookedAtMax: 0, FewPoints: 0),
        new(ListMax: 0, ValuesMax: long.MaxValue, LookedAtMax: 20, FewPoints: 0),
        new(ListMax: 0, ValuesMax: 2, LookedAtMax: 0, FewPoints: 10),
        new(ListMax: 30, ValuesMax: long.MaxValue, LookedAtMax: 0, FewPoints: 0),
        ResolutionLimits.Search,
        ResolutionLimits.All,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_way_of_resolving_gives_the_same_points_now_and_to_a_reader_of_an_earlier_moment(int seed)
    {
        Random random = new(seed);
        RandomJson json = new(random);
        PartitionSchema schema = new([])
        {
            PayloadIndexes = [.. s_paths.Select((path, i) => new PayloadIndexSchema(
                (ushort)i, PayloadPath.Parse(path), Enum.GetValues<PayloadIndexType>()[(i + seed) * 3 % 8] is var type && type == PayloadIndexType.Text ? PayloadIndexType.Float : type))],
        };
        using PartitionState state = new(schema, 1 << 16, Path.GetTempPath());
        OperationApplier applier = new(state);
        ulong sequence = 0;
        for (int round = 0; round < 25; round++)
        {
            Change();
            while (random.Next(3) > 0 && state.PayloadIndexes.BuildSlice((uint)random.Next(1, 100)))
            {
                Check(state.Applied, random, json, $"seed {seed}, round {round}, building");
            }

            Check(state.Applied, random, json, $"seed {seed}, round {round}");
            AppliedState before = state.Applied;
            int pass = state.Gate.Enter();
            Change();
            Change();
            Check(before, random, json, $"seed {seed}, round {round}, an earlier moment");
            state.Gate.Exit(pass);
        }

        void Change() => applier.Apply(++sequence, OperationEncoder.Encode([RandomOperation(random, json), RandomOperation(random, json)], schema));

        void Check(AppliedState moment, Random filters, RandomJson values, string where)
        {
            for (int i = 0; i < 8; i++)
            {
                Filter filter = RandomFilters.Next(filters, values, depth: 3);
                RowMatcher matcher = new(state, filter);
                uint[] expected = [.. Enumerable.Range(0, (int)moment.Rows).Select(row => (uint)row)
                    .Where(row => state.Table.IsVisible(row, moment.Sequence) && matcher.Matches(row, moment.Sequence))];
                foreach (ResolutionLimits limits in s_limits)
                {
                    string what = $"{where}, {limits}, filter {Convert.ToHexString(FilterCodec.Encode(filter))}";
                    using FilterMatches matches = FilterResolver.Resolve(state, filter, matcher, moment, limits);
                    Assert.True(matches.Min <= expected.Length && expected.Length <= matches.Max, $"{what}: {matches.Min} to {matches.Max}, not {expected.Length}");
                    Assert.True(!matches.IsExact || matches.Max == expected.Length, $"{what}: exactly {matches.Max}, not {expected.Length}");
                    Assert.True(expected.SequenceEqual(Enumerable.Range(0, (int)moment.Rows).Select(row => (uint)row).Where(matches.Admits)), $"{what}: admitted");
                    Assert.True(expected.SequenceEqual(matches.Ordinals(CancellationToken.None)), $"{what}: listed");
                    CheckFacets(state, matches, expected, moment, what);
                }
            }
        }
    }

    private static void CheckFacets(PartitionState state, FilterMatches matches, uint[] expected, AppliedState moment, string what)
    {
        foreach (string path in s_paths)
        {
            PayloadPath key = PayloadPath.Parse(path);
            if (new IndexedFacets(state, key, pointsMin: 1).TryCount(matches, moment, CancellationToken.None) is { } counted)
            {
                FacetCounter counter = new(key);
                foreach (uint row in expected)
                {
                    counter.Add(state.Payloads.Read(state.Table.Payload(row), moment.Sequence, out _));
                }

                Assert.True(counter.Counts.OrderBy(pair => pair.Key).SequenceEqual(counted.OrderBy(pair => pair.Key)), $"{what}: facets of {path}");
            }
        }
    }

    private static PointOperation RandomOperation(Random random, RandomJson json)
    {
        PointSelection some = random.Next(4) == 0
            ? new PointSelection.ByFilter(RandomFilters.Next(random, json, depth: 2))
            : PartitionHost.Ids([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => (ulong)random.Next(Ids)).Distinct()]);
        PayloadDocument payload = PartitionHost.Payload(json.Object(4).ToJsonString());
        return random.Next(9) switch
        {
            0 when random.Next(4) == 0 => new DeletePoints(some),
            1 => new SetPayload(some, payload, null),
            2 => new OverwritePayload(some, payload),
            3 => new DeletePayloadKeys(some, [PayloadPath.Parse(json.Path())]),
            4 => new ClearPayload(some),
            _ => new UpsertPoints([.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => new PointInput(
                PointId.FromNumber((ulong)random.Next(Ids)), [], PartitionHost.Payload(json.Object(4).ToJsonString())))]),
        };
    }
}
