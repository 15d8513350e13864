using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Ivf;

public sealed class IvfChurnTests
{
    private const int Live = 3000;
    private const uint Capacity = 4000;

    [Theory]
    [InlineData(null, 1)]
    [InlineData(QuantizerKind.Int8, 2)]
    [InlineData(QuantizerKind.RaBitQ4, 3)]
    [InlineData(QuantizerKind.Product, 4)]
    public void Turnovers_by_random_replacement_keep_recall_and_give_memory_back(QuantizerKind? kind, int seed)
    {
        using var built = BuiltIvf.Of(new Clusters(24, 20, DistanceMetric.Euclidean, seed), DistanceMetric.Euclidean, new IvfOptions { Codes = kind }, Live, Capacity);
        var random = new Random(seed);
        var live = new bool[Capacity];
        live.AsSpan(0, Live).Fill(true);
        var free = new Queue<uint>(Enumerable.Range(Live, (int)Capacity - Live).Select(i => (uint)i));
        for (var round = 0; round < 30; round++)
        {
            var dead = LiveOrdinals(live).Where(_ => random.Next(10) == 0).ToArray();
            Replace(built, live, free, dead, dead.Length);
            if (round % 10 == 0)
            {
                built.AssertSound(LiveOrdinals(live));
            }
        }

        AssertAsGoodAsFresh(built, live, seed);
    }

    [Fact]
    public void A_sliding_window_keeps_recall_and_gives_memory_back()
    {
        const int seed = 5;
        using var built = BuiltIvf.Of(new Clusters(24, 20, DistanceMetric.Cosine, seed), DistanceMetric.Cosine, new IvfOptions { Codes = QuantizerKind.Int4 }, Live, Capacity);
        var live = new bool[Capacity];
        live.AsSpan(0, Live).Fill(true);
        var window = new Queue<uint>(BuiltIvf.To(Live));
        var free = new Queue<uint>(Enumerable.Range(Live, (int)Capacity - Live).Select(i => (uint)i));
        for (var round = 0; round < 40; round++)
        {
            var dead = Enumerable.Range(0, 300).Select(_ => window.Dequeue()).ToArray();
            foreach (var fresh in Replace(built, live, free, dead, dead.Length))
            {
                window.Enqueue(fresh);
            }
        }

        AssertAsGoodAsFresh(built, live, seed);
    }

    [Fact]
    public void Deleting_all_and_filling_again_uses_the_same_memory()
    {
        const int seed = 6;
        using var built = BuiltIvf.Of(new Clusters(24, 20, DistanceMetric.Euclidean, seed), DistanceMetric.Euclidean, new IvfOptions { Codes = QuantizerKind.Product }, Live, Capacity);
        var fresh = Bytes(built);
        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(Live, built.Index.Remove(BuiltIvf.To(Live)));
            Assert.Equal(0, built.Index.Remove(BuiltIvf.To(Live)));
            built.AssertSound([]);
            built.Index.InsertMany(BuiltIvf.To(Live));
            built.AssertSound(BuiltIvf.To(Live));
        }

        // What waits for readers when the first are inserted again is all that is added.
        Assert.InRange(Bytes(built), 0, fresh * 1.3);
    }

    [Fact]
    public void While_a_reader_stays_no_block_it_may_stand_on_is_used_again()
    {
        const int seed = 7;
        using var built = BuiltIvf.Of(new Clusters(8, 4, DistanceMetric.Euclidean, seed), DistanceMetric.Euclidean, new IvfOptions { Lists = 4 }, Live, Capacity);
        var before = built.Index.Inverted.Pool.BlocksEnd;
        var pass = built.Gate.Enter();
        built.Index.Remove(BuiltIvf.To(Live));
        var swept = built.Index.Inverted.Pool.BlocksEnd;
        Assert.True(swept > before, "sweeps took new blocks");
        built.Index.InsertMany(BuiltIvf.To(Live));
        Assert.True(built.Index.Inverted.Pool.BlocksEnd >= swept + (Live / 32), "nothing was used again");
        built.Gate.Exit(pass);
        var after = built.Index.Inverted.Pool.BlocksEnd;
        built.Index.Remove(BuiltIvf.To(Live));
        built.Index.InsertMany(BuiltIvf.To(Live));
        Assert.Equal(after, built.Index.Inverted.Pool.BlocksEnd);
        built.AssertSound(BuiltIvf.To(Live));
    }

    private static List<uint> Replace(BuiltIvf built, bool[] live, Queue<uint> free, uint[] dead, int count)
    {
        built.Index.Remove(dead);
        var added = new List<uint>();
        foreach (var ordinal in dead)
        {
            live[ordinal] = false;
            free.Enqueue(ordinal);
        }

        for (var i = 0; i < count; i++)
        {
            var ordinal = free.Dequeue();
            built.Rows.Write(ordinal, built.Clusters.Next());
            built.Index.Insert(ordinal);
            live[ordinal] = true;
            added.Add(ordinal);
        }

        return added;
    }

    private static void AssertAsGoodAsFresh(BuiltIvf built, bool[] live, int seed)
    {
        var ordinals = LiveOrdinals(live);
        built.AssertSound(ordinals);
        using var fresh = new IvfIndex(built.Space, built.Index.Options, Capacity, built.Gate);
        fresh.Train(ordinals);
        fresh.InsertMany(ordinals);
        var recall = built.Recall(80, 10, 60, 12, new LiveSet(live));
        Assert.True(recall > 0.93, $"recall {recall:F3}, seed {seed}");
        Assert.InRange(built.Index.Lists, fresh.Lists, fresh.Lists);
        var blocks = (double)built.Index.Inverted.Pool.BlocksEnd / fresh.Inverted.Pool.BlocksEnd;
        Assert.True(blocks < 1.4, $"{blocks:F2} times the blocks of a fresh index, seed {seed}");
    }

    private static double Bytes(BuiltIvf built) => built.Index.Regions.Sum(part => part.UsedBytes);

    private static uint[] LiveOrdinals(bool[] live) => [.. Enumerable.Range(0, live.Length).Where(i => live[i]).Select(i => (uint)i)];
}
