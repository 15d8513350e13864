using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Numerics.Tests;

/// <summary>One class, so that the tests of the process-wide totals run one after another.</summary>
public sealed unsafe class NativeRegionTests
{
    private const long Gigabyte = 1L << 30;

    [Fact]
    public void It_grows_without_moving_and_new_bytes_are_zero_and_old_ones_stay()
    {
        using var region = new NativeRegion("growing", Gigabyte);
        var start = region.Base;
        Assert.Equal(0, (long)start % NativeRegion.HugePageBytes);
        Assert.Equal(0, region.CommittedBytes);
        for (long bytes = 1; bytes <= 40 << 20; bytes = (bytes * 3) + 1)
        {
            var before = region.CommittedBytes;
            region.EnsureCommitted(bytes);
            Assert.True(region.CommittedBytes >= bytes && region.CommittedBytes >= before);
            Assert.True(start == region.Base);
            for (var offset = before; offset < region.CommittedBytes; offset += 4096)
            {
                Assert.Equal(0, region.Base[offset]);
                region.Base[offset] = 7;
            }
        }

        for (long offset = 0; offset < region.CommittedBytes; offset += 4096)
        {
            Assert.Equal(7, region.Base[offset]);
        }
    }

    [Fact]
    public void Small_regions_commit_little_and_large_ones_whole_huge_pages_by_an_eighth()
    {
        using var region = new NativeRegion("steps", Gigabyte);
        region.EnsureCommitted(0);
        Assert.Equal(0, region.CommittedBytes);
        region.EnsureCommitted(1);
        Assert.Equal(NativeRegion.FirstCommitBytes, region.CommittedBytes);
        region.EnsureCommitted(NativeRegion.FirstCommitBytes + 1);
        Assert.Equal(2 * NativeRegion.FirstCommitBytes, region.CommittedBytes);
        region.EnsureCommitted(NativeRegion.HugePageBytes + 1);
        Assert.Equal(2 * NativeRegion.HugePageBytes, region.CommittedBytes);
        region.EnsureCommitted(160L << 20);
        region.EnsureCommitted((160L << 20) + 1);
        Assert.Equal(180L << 20, region.CommittedBytes);
    }

    [Fact]
    public void It_fills_its_reservation_and_refuses_more()
    {
        using var region = new NativeRegion("full", 5 << 20);
        Assert.Equal(6 << 20, region.ReservedBytes);
        region.EnsureCommitted(region.ReservedBytes);
        Assert.Equal(region.ReservedBytes, region.CommittedBytes);
        region.Base[region.ReservedBytes - 1] = 1;
        region.MarkDirty(region.ReservedBytes - 1, 1);
        Assert.True(region.IsDirty(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.EnsureCommitted(region.ReservedBytes + 1));
    }

    [Fact]
    public void What_the_system_refuses_is_an_exception_with_facts()
    {
        var refused = Assert.Throws<NativeMemoryException>(() => new NativeRegion("beyond any machine", 1L << 60));
        Assert.Equal("beyond any machine", refused.Region);
        Assert.Equal("reserve", refused.Operation);
        Assert.True(refused.Bytes >= 1L << 60);
        Assert.NotEqual(0, refused.OsError);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeRegion("nothing", 0));
    }

    [Fact]
    public void Marked_chunks_are_collected_once_in_order()
    {
        using var region = new NativeRegion("marks", Gigabyte);
        region.EnsureCommitted(32 << 20);
        var chunks = new List<int>();
        region.CollectDirty(chunks);
        Assert.Empty(chunks);

        region.MarkDirty(9 * NativeRegion.ChunkBytes, 4);
        region.MarkDirty(0, 1);
        region.MarkDirty((3 * NativeRegion.ChunkBytes) - 1, 2);
        region.MarkDirty((20 * NativeRegion.ChunkBytes) + 5, 2 * NativeRegion.ChunkBytes);
        Assert.True(region.IsDirty(9));
        Assert.False(region.IsDirty(8));
        region.CollectDirty(chunks);
        Assert.Equal([0, 2, 3, 9, 20, 21, 22], chunks);
        Assert.False(region.IsDirty(9));

        chunks.Clear();
        region.CollectDirty(chunks);
        Assert.Empty(chunks);
    }

    [Fact]
    public void Every_write_is_in_a_copy_made_after_some_collection()
    {
        // A writer counts up in random chunks by the protocol (store, then mark); a checkpoint collects, then copies.
        // When both are done, one last checkpoint must leave the copy equal to the memory.
        const int chunks = 8;
        const int seed = 77;
        using var region = new NativeRegion("protocol", chunks * NativeRegion.ChunkBytes);
        region.EnsureCommitted(chunks * NativeRegion.ChunkBytes);
        var copy = new long[chunks];
        var writer = new Thread(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 3_000_000; i++)
            {
                var offset = (long)random.Next(chunks) * NativeRegion.ChunkBytes;
                *(long*)(region.Base + offset) += 1;
                region.MarkDirty(offset, sizeof(long));
            }
        });
        var dirty = new List<int>();
        writer.Start();
        bool ended;
        do
        {
            ended = !writer.IsAlive;
            dirty.Clear();
            region.CollectDirty(dirty);
            foreach (var chunk in dirty)
            {
                copy[chunk] = Volatile.Read(ref *(long*)(region.Base + ((long)chunk * NativeRegion.ChunkBytes)));
            }
        }
        while (!ended);

        for (var chunk = 0; chunk < chunks; chunk++)
        {
            Assert.True(copy[chunk] == *(long*)(region.Base + ((long)chunk * NativeRegion.ChunkBytes)), $"chunk {chunk}, seed {seed}");
        }
    }

    [Fact]
    public void Threads_that_grow_at_once_all_get_their_bytes()
    {
        using var region = new NativeRegion("race", Gigabyte);
        Parallel.For(1, 65, i =>
        {
            region.EnsureCommitted(i * 300_000L);
            region.Base[(i * 300_000L) - 1] = (byte)i;
        });
        for (var i = 1; i <= 64; i++)
        {
            Assert.Equal(i, region.Base[(i * 300_000L) - 1]);
        }
    }

    [Fact]
    public void Totals_count_what_lives_and_disposing_twice_gives_back_once()
    {
        // Other tests of this process hold memory too, but regions and buffers of this size are only here.
        var regionsBefore = NativeRegion.TotalCommittedBytes;
        var region = new NativeRegion("counted", 4 * Gigabyte);
        region.EnsureCommitted(Gigabyte);
        Assert.True(NativeRegion.TotalCommittedBytes - regionsBefore > Gigabyte / 2);
        region.Dispose();
        region.Dispose();
        Assert.Equal(0, region.CommittedBytes);
        Assert.True(NativeRegion.TotalCommittedBytes - regionsBefore < Gigabyte / 2);
        Assert.Throws<ObjectDisposedException>(() => region.EnsureCommitted(1));
        Assert.Throws<ObjectDisposedException>(() => region.CollectDirty([]));
    }

    [Fact]
    public void Many_small_regions_cost_little()
    {
        var regions = new List<NativeRegion>();
        for (var i = 0; i < 2000; i++)
        {
            var region = new NativeRegion("small", 16 * Gigabyte);
            region.EnsureCommitted(1000);
            region.Base[999] = 1;
            regions.Add(region);
        }

        Assert.All(regions, region => Assert.Equal(NativeRegion.FirstCommitBytes, region.CommittedBytes));
        regions.ForEach(region => region.Dispose());
    }

    [Fact]
    public void A_buffer_is_aligned_zeroed_counted_and_given_back_once()
    {
        const int length = 100_000_001;
        var before = NativeMemoryUse.BufferBytes;
        var buffer = new AlignedBuffer<byte>(length);
        Assert.Equal(0, (long)buffer.Start % AlignedBuffer<byte>.Alignment);
        Assert.Equal(length, buffer.Length);
        Assert.Equal(0, buffer[length - 1]);
        Assert.True(NativeMemoryUse.BufferBytes - before > length / 2);
        buffer.Dispose();
        buffer.Dispose();
        Assert.True(buffer.Start == null && buffer.Span.IsEmpty);
        Assert.True(NativeMemoryUse.BufferBytes - before < length / 2);
        using var empty = new AlignedBuffer<int>(0);
        Assert.True(empty.Start != null);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer<int>(-1));
    }
}
