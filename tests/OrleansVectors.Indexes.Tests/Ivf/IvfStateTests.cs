using System.Buffers.Binary;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Indexes.Ivf;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Tests.Data;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Tests.Ivf;

public sealed class IvfStateTests
{
    [Theory]
    [InlineData(null, DistanceMetric.Manhattan)]
    [InlineData(QuantizerKind.Int8, DistanceMetric.Euclidean)]
    [InlineData(QuantizerKind.RaBitQ2, DistanceMetric.Cosine)]
    [InlineData(QuantizerKind.Product, DistanceMetric.Dot)]
    [InlineData(QuantizerKind.RotatedProduct, DistanceMetric.Cosine)]
    public void An_index_restored_from_its_bytes_answers_the_same_and_goes_on_changing(QuantizerKind? kind, DistanceMetric metric)
    {
        using var built = BuiltIvf.Of(new Clusters(20, 10, metric, seed: 3), metric, new IvfOptions { Codes = kind }, 3000, capacity: 4000);
        built.Index.Remove([.. Enumerable.Range(0, 1500).Select(i => (uint)i * 2)]);
        uint[] live = [.. Enumerable.Range(0, 1500).Select(i => ((uint)i * 2) + 1)];
        using var restored = new IvfIndex(built.Space, new IvfOptions { Codes = kind }, 4000, built.Gate);

        // The state first, as recovery does: it tells how much of the regions there is.
        restored.RestoreState(built.Index.SaveState());
        foreach (var (from, to) in built.Index.Regions.Zip(restored.Regions))
        {
            Assert.Equal(from.Name, to.Name);
            Assert.Equal(from.UsedBytes, to.UsedBytes);
            Copy(from, to);
        }

        Assert.Equal(built.Index.SaveState(), restored.SaveState());
        Assert.Empty(IvfInvariants.Check(restored, live));
        var expected = new Candidate[10];
        var found = new Candidate[10];
        for (var q = 0; q < 50; q++)
        {
            var query = built.Clusters.Next();
            Assert.Equal(10, built.Index.Search(query, 10, 20, default(AdmitAll), expected, out var expectedStats));
            restored.Search(query, 10, 20, default(AdmitAll), found, out var stats);
            Assert.Equal(expected, found);
            Assert.Equal(expectedStats, stats);
        }

        // Into the blocks that were free when it was stored.
        var free = restored.Inverted.Pool.FreeChains().Length;
        for (uint i = 0; i < 1000; i++)
        {
            restored.Insert(i * 2);
        }

        Assert.Empty(IvfInvariants.Check(restored, [.. live, .. Enumerable.Range(0, 1000).Select(i => (uint)i * 2)]));
        Assert.True(restored.Inverted.Pool.FreeChains().Length < free, "free blocks were used again");
        Assert.Throws<InvalidOperationException>(() => restored.RestoreState(built.Index.SaveState()));
    }

    [Fact]
    public void An_untrained_index_is_stored_too()
    {
        using var built = new BuiltIvf(new Clusters(4, 1, DistanceMetric.Dot, seed: 1), DistanceMetric.Dot, new IvfOptions(), 10);
        using var restored = new IvfIndex(built.Space, new IvfOptions(), 10, built.Gate);
        restored.RestoreState(built.Index.SaveState());
        Assert.False(restored.IsTrained);
        Assert.All(restored.Regions, part => Assert.Equal(0, part.UsedBytes));
    }

    [Fact]
    public void Everything_that_training_insertion_or_removal_stores_lies_in_a_chunk_marked_dirty()
    {
        var clusters = new Clusters(64, 10, DistanceMetric.Euclidean, seed: 3);
        using var built = new BuiltIvf(clusters, DistanceMetric.Euclidean, new IvfOptions { Codes = QuantizerKind.Int8, Lists = 100 }, 30000);
        clusters.Fill(built.Rows, 0, 20050);
        built.Index.Train(BuiltIvf.To(3000));
        AssertDirty(built.Index, [[], [], [], [], []]);
        built.Index.InsertMany(BuiltIvf.To(20000));
        var before = built.Index.Regions.Select(part => BuiltIvf.Bytes(part).ToArray()).ToArray();
        foreach (var part in built.Index.Regions)
        {
            part.Region.CollectDirty([]);
        }

        built.Index.Remove([.. Enumerable.Range(0, 200).Select(i => (uint)i * 7)]);
        for (uint i = 20000; i < 20050; i++)
        {
            built.Index.Insert(i);
        }

        AssertDirty(built.Index, before);
    }

    [Fact]
    public void A_state_is_these_bytes()
    {
        using var built = new BuiltIvf(
            new Clusters(3, 1, DistanceMetric.Euclidean, seed: 1), DistanceMetric.Euclidean,
            new IvfOptions { Codes = QuantizerKind.Product, Lists = 2, Seed = 7, Subvectors = 3 }, 10);
        built.Rows.Write(0, [0, 0, 0]);
        built.Rows.Write(1, [8, 0, 0]);
        built.Index.Train([0, 1]);
        built.Index.Insert(0);
        built.Index.Insert(1);
        built.Index.Remove([1]);
        Assert.Equal(
            "4F56495601000007030000000200000003000000020000000700000000000000020000000000000001000000000000000200000001000000"
            + "0000000000000000000000000000F03F02000000000000000000000000000000020000000000000001000000",
            Convert.ToHexString(built.Index.SaveState()));
    }

    [Fact]
    public void Foreign_and_hostile_states_are_refused_before_anything_changes()
    {
        using var built = BuiltIvf.Of(
            new Clusters(8, 10, DistanceMetric.Euclidean, seed: 3), DistanceMetric.Euclidean, new IvfOptions { Codes = QuantizerKind.Int8 }, 500);
        built.Index.Remove(BuiltIvf.To(400));
        var state = built.Index.SaveState();
        Assert.True(state.Length > IvfState.FixedBytes, "there are free chains");
        using var other = new IvfIndex(built.Space, new IvfOptions { Codes = QuantizerKind.Int4 }, 600, built.Gate);
        Assert.Equal("codes", Assert.Throws<IndexStateException>(() => other.RestoreState(state)).Field);
        using var same = new IvfIndex(built.Space, new IvfOptions { Codes = QuantizerKind.Int8 }, 600, built.Gate);
        (int Offset, uint Value, string Field)[] changes =
        [
            (0, 1, "magic"), (4, 2, "version"), (8, 9, "dimension"), (12, uint.MaxValue, "lists"), (12, 1 << 30, "lists"), (16, 1, "subvectors"),
            (20, 1 << 20, "lists looked into"), (24, 1, "seed"), (32, 601, "ordinals end"), (36, 1, "ordinals end"), (40, 501, "entries"),
            (44, uint.MaxValue, "entries"), (48, uint.MaxValue, "blocks end"), (52, uint.MaxValue, "size in bytes"), (96, 1 << 20, "free chain"),
        ];
        foreach (var (offset, value, field) in changes)
        {
            var hostile = state.ToArray();
            BinaryPrimitives.WriteUInt32LittleEndian(hostile.AsSpan(offset), value);
            Assert.Equal(field, Assert.Throws<IndexStateException>(() => same.RestoreState(hostile)).Field);
            Assert.False(same.IsTrained, field);
        }

        for (var length = 0; length < state.Length; length++)
        {
            Assert.Equal("size in bytes", Assert.Throws<IndexStateException>(() => same.RestoreState(state.AsSpan(0, length))).Field);
        }

        same.RestoreState(state);
    }

    private static void AssertDirty(IvfIndex index, byte[][] before)
    {
        for (var p = 0; p < before.Length; p++)
        {
            var part = index.Regions[p];
            var after = BuiltIvf.Bytes(part);
            for (var i = 0; i < after.Length; i++)
            {
                if (i >= before[p].Length || after[i] != before[p][i])
                {
                    Assert.True(part.Region.IsDirty(i / NativeRegion.ChunkBytes), $"{part.Name} byte {i}");
                }
            }
        }
    }

    private static unsafe void Copy(PersistedRegion from, PersistedRegion to) =>
        BuiltIvf.Bytes(from).CopyTo(new Span<byte>(to.Region.Base, (int)from.UsedBytes));
}
