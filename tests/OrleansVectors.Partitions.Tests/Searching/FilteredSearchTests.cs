using System.Globalization;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Tests.Searching;

/// <summary>
/// Filters of every share that lie in every way to the query, on enough points for all plans. A point's <c>r</c> is
/// random, its <c>d</c> grows with its vectors' first component: so a range of <c>d</c> is near the query or far from it.
/// </summary>
public sealed class FilteredSearchTests : IAsyncLifetime
{
    private const int Dim = 16;
    private const int Points = 14_000;
    private const int Scale = 10_000;
    private const int K = 10;

    private readonly TempFolder _folder = new();
    private readonly List<PartitionHost> _hosts = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (PartitionHost host in _hosts)
        {
            await host.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(QuantizerKind.Int8)]
    public async Task Every_share_and_place_gives_all_rows_the_right_ones_and_equal_ones_for_equal_filters(QuantizerKind? codes)
    {
        PartitionHost host = await FilledAsync(codes, seed: 5);
        Random random = new(11);
        foreach (double share in (double[])[1, 0.5, 0.35, 0.1, 0.01, 0.001, 0.0001])
        {
            foreach (string kind in (string[])["random", "near", "far", "outside"])
            {
                int correct = 0;
                int wanted = 0;
                for (int i = 0; i < 6; i++)
                {
                    float[] query = VectorOf(random);
                    (string key, int from, int to, bool isInside) = RangeOf(kind, share, query, random);
                    string what = string.Create(CultureInfo.InvariantCulture, $"codes {codes}, {kind} {share}, query {i}, {key} {from}..{to} {isInside}");
                    HashSet<PointId> nearest = [.. Search(host, query, Forms(key, from, to, isInside)[0], exact: true).Select(hit => hit.Point.Id)];
                    SearchAnswer? first = null;
                    foreach (Filter form in Forms(key, from, to, isInside))
                    {
                        SearchAnswer found = Search(host, query, form);
                        Check(host, form, found, what);
                        first ??= found;
                        Assert.True(first.Select(hit => hit.Distance).SequenceEqual(found.Select(hit => hit.Distance)), $"{what}: equal filters, other answers");
                    }

                    wanted += nearest.Count;
                    correct += first!.Count(hit => nearest.Contains(hit.Point.Id));
                }

                Assert.True(correct >= 0.95 * wanted, $"codes {codes}, {kind} {share}: {correct} of {wanted}");
            }
        }
    }

    [Fact]
    public async Task Points_come_and_go_and_change_under_filtered_searches()
    {
        PartitionHost host = await FilledAsync(QuantizerKind.Int8, seed: 6);
        using CancellationTokenSource stop = new();
        Task churn = Task.Run(async () =>
        {
            Random random = new(7);
            while (!stop.IsCancellationRequested)
            {
                int first = random.Next(Points);
                await host.WriteAsync(new UpsertPoints([.. Enumerable.Range(first, 20).Select(id => PointOf(id, random))]));
                await host.WriteAsync(new SetPayload(PartitionHost.Ids((ulong)random.Next(Points)), PartitionHost.Payload("""{"r":5}"""), null));
                await host.WriteAsync(new DeletePoints(PartitionHost.Ids((ulong)random.Next(Points))));
            }
        });
        Task indexes = Task.Run(async () =>
        {
            ushort number = 10;
            while (!stop.IsCancellationRequested)
            {
                await host.Partition.ChangeSchemaAsync(host.Schema with { PayloadIndexes = [Index(number++, "d")] });
                await Task.Delay(30);
                await host.Partition.ChangeSchemaAsync(host.Schema with { PayloadIndexes = [Index(number++, "d"), Index(number++, "r")] });
                await Task.Delay(60);
            }
        });
        Random queries = new(8);
        for (int i = 0; i < 300; i++)
        {
            float[] query = VectorOf(queries);
            double share = ((double[])[1, 0.5, 0.2, 0.05, 0.002])[i % 5];
            string kind = ((string[])["random", "near", "far", "outside"])[i % 4];
            (string key, int from, int to, bool isInside) = RangeOf(kind, share, query, queries);
            SearchAnswer found = Search(host, query, Forms(key, from, to, isInside)[i % 3]);
            string what = $"search {i}, {kind} {share}: {Assert.Single(found.Explanations)}";
            Assert.True(found.Count == K || found.Explanations[0].MatchesMin <= found.Count, what);
            Assert.True(found.Count <= found.Explanations[0].MatchesMax, what);
            Assert.All(found, hit => Assert.True(IsMatch(hit.Point, key, from, to, isInside), what));
            Assert.True(found.Select(hit => hit.Point.Id).Distinct().Count() == found.Count, what);
        }

        await stop.CancelAsync();
        await churn;
        await indexes;
    }

    [Fact]
    public async Task What_was_just_written_is_found_under_its_filter_and_a_filter_that_nothing_matches_finds_nothing()
    {
        PartitionHost host = await FilledAsync(QuantizerKind.Int8, seed: 9);
        Random random = new(10);
        for (int i = 0; i < 30; i++)
        {
            PointInput[] fresh = [.. Enumerable.Range(Points + (20 * i), 20).Select(id => PointOf(id, random, r: Scale + i))];
            await host.WriteAsync(new UpsertPoints(fresh));
            SearchAnswer found = Search(host, VectorOf(random), Between("r", Scale + i, Scale + i), limit: 30);
            Assert.Equal(fresh.Select(point => point.Id).Order(), found.Select(hit => hit.Point.Id).Order());
        }

        SearchAnswer none = Search(host, VectorOf(random), Between("r", -5, -1));
        Assert.Empty(none);
        Assert.Equal(SearchPlanKind.Nothing, Assert.Single(none.Explanations).Plan);
        Assert.Equal(
            Search(host, VectorOf(new Random(3)), null).Select(hit => hit.Point.Id),
            Search(host, VectorOf(new Random(3)), new Filter()).Select(hit => hit.Point.Id));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(QuantizerKind.Int8)]
    public async Task Points_without_the_vector_and_the_one_left_out_take_no_place_among_the_matches(QuantizerKind? codes)
    {
        PartitionHost host = await FilledAsync(codes, seed: 13);
        Random random = new(14);
        PointInput[] bare = [.. Enumerable.Range(Points, 6000).Select(id => new PointInput(PointId.FromNumber((ulong)id), [], PartitionHost.Payload("""{"r":20001}""")))];
        PointInput[] whole = [.. Enumerable.Range(Points + 6000, 8).Select(id => PointOf(id, random, r: 20001))];
        await host.WriteAsync(new UpsertPoints(bare));
        await host.WriteAsync(new UpsertPoints(whole));
        Assert.Equal(
            whole.Select(point => point.Id).Order(),
            Search(host, VectorOf(random), Between("r", 20001, 20001)).Select(hit => hit.Point.Id).Order());
        SearchAnswer others = host.Partition.Search(
            new SearchRequest { Vector = whole[0].Vectors[0].Values.ToArray(), Filter = Between("r", 20001, 20001), Limit = K, Excluded = whole[0].Id },
            CancellationToken.None);
        Assert.Equal(whole.Skip(1).Select(point => point.Id).Order(), others.Select(hit => hit.Point.Id).Order());

        await host.Partition.CheckpointAsync();
        using TempFolder crashed = _folder.Copy();
        await using PartitionHost reopened = new(Path.Combine(crashed.Path, "13"), host.Schema);
        Assert.Equal(0, reopened.Partition.Recovery.Replayed);
        Assert.Equal(
            whole.Select(point => point.Id).Order(),
            Search(reopened, VectorOf(random), Between("r", 20001, 20001)).Select(hit => hit.Point.Id).Order());
    }

    /// <summary>What an explanation says is what was done, as far as it can be counted from outside.</summary>
    private static void Check(PartitionHost host, Filter filter, SearchAnswer found, string what)
    {
        long matches = host.Partition.Count(filter, CancellationToken.None);
        SearchExplanation told = Assert.Single(found.Explanations);
        what = $"{what}: {matches} match; {told}";
        Assert.True(found.Count == Math.Min(K, matches), $"{found.Count} found, {what}");
        Assert.True(told.Points == Points && told.Matches == matches && told.MatchesEstimated == matches, what);
        Assert.True(told.MatchesMin == matches && told.MatchesMax == matches, what);
        Assert.True((told.Codes is null) == (told.CodeDistances == 0) && (told.Oversampling >= 1) == (told.Codes is not null), what);
        Assert.True(told.Reason.Length > 0 && told.Times.Filter > 0, what);
        switch (told.Plan)
        {
            case SearchPlanKind.Nothing:
                Assert.True(matches == 0, what);
                break;
            case SearchPlanKind.MatchScan:
                Assert.True(told.NodesVisited == 0 && told.TwoHops == 0 && told.Times.Walk == 0 && told.Times.Scan > 0, what);
                Assert.True(told.VectorDistances - told.Rescored + told.CodeDistances == matches, what);
                Assert.True(told.CodeDistances == 0 ? told.Rescored == 0 : told.CodeDistances == matches && told.Rescored is >= K and < 200 && told.Times.Rescore > 0, what);
                break;
            case SearchPlanKind.Walk or SearchPlanKind.MatchWalk:
                Assert.True(told.NodesVisited > 0 && told.Times.Walk > 0, what);
                Assert.True(told.Plan != SearchPlanKind.MatchWalk || told.TwoHops > 0, what);
                Assert.True(told.FellBackToScan == told.Times.Scan > 0, what);
                Assert.True((told.CodeDistances > 0) == (told.Rescored > 0) && (told.Rescored > 0) == (told.Times.Rescore > 0), what);
                break;
        }
    }

    private async Task<PartitionHost> FilledAsync(QuantizerKind? codes, int seed)
    {
        PartitionSchema schema = PartitionHost.SchemaOf(PartitionHost.Field(0, "", Dim, m: 8) with
        {
            EfConstruction = 40,
            Quantization = codes is { } kind ? new QuantizationSchema(kind) : null,
        }) with
        { PayloadIndexes = [Index(0, "r"), Index(1, "d")] };
        PartitionHost host = new(Path.Combine(_folder.Path, seed.ToString(CultureInfo.InvariantCulture)), schema);
        _hosts.Add(host);
        Random random = new(seed);
        foreach (int[] batch in Enumerable.Range(0, Points).Chunk(1000))
        {
            await host.WriteAsync(new UpsertPoints([.. batch.Select(id => PointOf(id, random))]));
        }

        await host.WaitForIndexingAsync();
        return host;
    }

    private static PayloadIndexSchema Index(ushort number, string path) => new(number, PayloadPath.Parse(path), PayloadIndexType.Integer);

    private static PointInput PointOf(int id, Random random, int? r = null)
    {
        float[] vector = VectorOf(random);
        return new PointInput(
            PointId.FromNumber((ulong)id),
            [new NamedVector("", vector)],
            PartitionHost.Payload($$"""{"r":{{r ?? random.Next(Scale)}},"d":{{(int)(vector[0] * Scale)}}}"""));
    }

    /// <summary>Uniform, the first component stretched so that it decides who is near.</summary>
    private static float[] VectorOf(Random random) => [.. Enumerable.Range(0, Dim).Select(i => random.NextSingle() * (i == 0 ? 1 : 0.3f))];

    /// <summary>A range that about this share of the points is in, or outside of.</summary>
    private static (string Key, int From, int To, bool IsInside) RangeOf(string kind, double share, float[] query, Random random)
    {
        int width = Math.Max(1, (int)(share * Scale));
        int at = (int)(query[0] * Scale);
        int start = random.Next(Scale - width + 1);
        return kind switch
        {
            "random" => ("r", start, start + width - 1, true),
            "near" => ("d", Math.Clamp(at - (width / 2), 0, Scale - width), Math.Clamp(at - (width / 2), 0, Scale - width) + width - 1, true),
            "far" => at > Scale / 2 ? ("d", 0, width - 1, true) : ("d", Scale - width, Scale, true),
            _ => ("d", Math.Clamp(at - ((Scale - width) / 2), 0, width), Math.Clamp(at - ((Scale - width) / 2), 0, width) + Scale - width - 1, false),
        };
    }

    private static RangeCondition In(string key, int from, int to)
        => new RangeCondition(PayloadPath.Parse(key), new NumberRange(null, null, to, from));

    private static Filter Between(string key, int from, int to) => new() { Must = [In(key, from, to)] };

    /// <summary>The same points, asked for in three ways.</summary>
    private static Filter[] Forms(string key, int from, int to, bool isInside)
    {
        int middle = (from + to) / 2;
        RangeCondition low = In(key, -1, from - 1);
        RangeCondition high = In(key, to + 1, 2 * Scale);
        return isInside
            ?
            [
                Between(key, from, to),
                new Filter { MinShould = new MinShould([In(key, from, middle), In(key, middle + 1, to)], 1), MustNot = [low] },
                new Filter { Must = [new FilterCondition(new Filter { Should = [In(key, from, middle), In(key, middle, to)] }), In(key, -1, 2 * Scale)] },
            ]
            :
            [
                new Filter { MustNot = [In(key, from, to)] },
                new Filter { Should = [low, high] },
                new Filter { MustNot = [new FilterCondition(new Filter { Must = [In(key, from, 2 * Scale), In(key, -1, to)] })] },
            ];
    }

    private static bool IsMatch(PointRecord point, string key, int from, int to, bool isInside)
    {
        CompiledFilter compiled = CompiledFilter.Compile(isInside ? Between(key, from, to) : new Filter { MustNot = [In(key, from, to)] });
        return compiled.Matches(point.Id, 0, point.Payload!.View, Filters.NoVectors.Instance);
    }

    private static SearchAnswer Search(PartitionHost host, float[] query, Filter? filter, bool exact = false, int limit = K)
        => host.Partition.Search(
            new SearchRequest
            {
                Vector = query,
                Filter = filter,
                Limit = limit,
                Exact = exact,
                HnswEf = 64,
                Explain = true,
                Projection = PointProjection.Everything,
            },
            CancellationToken.None);
}
