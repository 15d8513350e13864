using System.Diagnostics;
using System.Globalization;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Tests.Crashes;

public sealed class KillTests
{
    private const int Rounds = 25;

    [Fact]
    public async Task Twenty_five_kills_lose_no_acknowledged_write_and_leave_no_half_batch()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        using TempFolder folder = new();
        await using (VectorDatabase created = await TestDatabase.OpenAsync(folder, pointsMax: 1 << 20))
        {
            await created.CreateCollectionAsync(WritingChild.Batches, TestDatabase.Schema());
            await created.CreateCollectionAsync(WritingChild.Spread, TestDatabase.Schema(partitions: 3));
        }

        HashSet<long> unknown = [];
        long checkpointed = 0;
        long next = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long acknowledged = WriteAndKill(folder.Path, next, random.Next(1, 120), random.Next(8));
            unknown.Add(acknowledged + 1);
            string where = $"seed {seed}, round {round}, acknowledged {acknowledged}";
            await using VectorDatabase database = await TestDatabase.OpenAsync(folder, pointsMax: 1 << 20);
            checkpointed += database.Recoveries.Count(collection => collection.Partitions.Any(partition => partition.CheckpointSequence > 0));
            await CheckBatchAsync(database.GetCollection(WritingChild.Batches), acknowledged, where);
            await CheckSpreadAsync(database.GetCollection(WritingChild.Spread), acknowledged, unknown, random, where);
            next = acknowledged + 2;
        }

        Assert.NotEqual(0, checkpointed);
    }

    private static async Task CheckBatchAsync(Collection batches, long acknowledged, string where)
    {
        IReadOnlyList<PointRecord> points = await batches.GetAsync(
            [.. Enumerable.Range(0, WritingChild.BatchPoints).Select(id => PointId.FromNumber((ulong)id))], PointProjection.Everything);
        Assert.True(points.Count == WritingChild.BatchPoints, $"{where}: {points.Count} points of the batch");
        string payload = points[0].Payload!.ToString();
        Assert.True(points.All(point => point.Payload!.ToString() == payload), $"{where}: half a batch");
        long generation = new[] { acknowledged, acknowledged + 1 }.FirstOrDefault(g => payload == $$"""{"generation":{{g}}}""", -1);
        Assert.True(generation >= 0, $"{where}: {payload}");
        Assert.All(points, point => Assert.Equal(TestDatabase.Vector((ulong)generation), point.Vectors![0].Values.ToArray()));
    }

    private static async Task CheckSpreadAsync(Collection spread, long acknowledged, HashSet<long> unknown, Random random, string where)
    {
        HashSet<ulong> expected = [.. Steps(0).SelectMany(WritingChild.IdsOf)];
        HashSet<ulong> absent = [.. Steps(1).SelectMany(WritingChild.IdsOf)];
        IReadOnlyList<PointRecord> found = (await spread.ScrollAsync(
            new ScrollRequest { Limit = 1_000_000, Projection = PointProjection.Everything })).Points;
        Assert.True(expected.IsSubsetOf(found.Select(point => point.Id.Number)), $"{where}: points are lost");
        Assert.False(absent.Overlaps(found.Select(point => point.Id.Number)), $"{where}: deleted points are back");
        Assert.True(found.Count == await spread.CountAsync(null), $"{where}: count");
        foreach (PointRecord point in found)
        {
            Assert.True(point.Payload!.ToString() == $$"""{"n":{{point.Id}}}""", $"{where}: payload of {point.Id}");
            Assert.True(TestDatabase.Vector(point.Id.Number).AsSpan().SequenceEqual(point.Vectors![0].Values.Span), $"{where}: vector of {point.Id}");
        }

        foreach (ulong id in expected.OrderBy(_ => random.Next()).Take(20).Append(expected.Max()))
        {
            SearchAnswer hits = await spread.SearchAsync(new SearchRequest { Vector = TestDatabase.Vector(id), Limit = 1, Exact = true });
            Assert.True(hits[0].Point.Id.Number == id, $"{where}: {id} is not found");
        }

        IEnumerable<long> Steps(long parity)
        {
            for (long step = parity; step <= acknowledged; step += 2)
            {
                if (!unknown.Contains(step))
                {
                    yield return step;
                }
            }
        }
    }

    /// <summary>Lets a child write and kills it after some acknowledgements; returns the last one it gave.</summary>
    private static long WriteAndKill(string folder, long from, int lines, int delayMs)
    {
        using Process child = WritingChild.Start(folder, from);
        long acknowledged = -1;
        for (int i = 0; i < lines && child.StandardOutput.ReadLine() is { } line; i++)
        {
            acknowledged = Parse(line);
        }

        Assert.True(acknowledged >= from, "the child wrote nothing");
        Thread.Sleep(delayMs);
        child.Kill();

        // What it said before it died counts as well; the last line may be cut.
        string rest = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        string[] whole = rest.Split('\n')[..^1];
        return whole.Length == 0 ? acknowledged : Parse(whole[^1]);
    }

    private static long Parse(string line) => long.Parse(line, CultureInfo.InvariantCulture);
}
