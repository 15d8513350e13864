using OrleansVectors.Numerics.Memory;
using OrleansVectors.Partitions.Vectors;
using OrleansVectors.Storage.Folders;

namespace OrleansVectors.Partitions.Tests.Vectors;

public sealed unsafe class RegionPlacementTests
{
    private const int UnitBytes = NativeRegion.HugePageBytes;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_region_that_moves_between_memory_and_file_holds_what_was_written_whatever_room_the_disk_has(int seed)
    {
        Assert.SkipUnless(ScratchFile.IsSupported, "needs Linux");
        using TempFolder folder = new();
        Random random = new(seed);
        const int Bytes = 8 * UnitBytes;
        using NativeRegion region = new("placed", Bytes);
        byte[] model = new byte[Bytes];
        LimitedBacking backing = New(folder);
        region.UseFile(backing);
        bool isOpen = true;
        for (int step = 0; step < 300; step++)
        {
            switch (random.Next(11))
            {
                case 10:
                    region.LetFilePagesGo();
                    break;
                case < 5:
                    int length = random.Next(1, 100_000);
                    int offset = random.Next((int)Math.Min(Bytes - length, region.CommittedBytes + UnitBytes));
                    Span<byte> bytes = model.AsSpan(offset, length);
                    random.NextBytes(bytes);
                    region.EnsureCommitted(offset + length);
                    region.PrepareWrite(offset, length);
                    bytes.CopyTo(new Span<byte>(region.Base + offset, length));
                    break;
                case 5:
                    int kept = random.Next((int)region.CommittedBytes + 1);
                    region.Shrink(kept);
                    model.AsSpan(kept).Clear();
                    break;
                case 6:
                    int from = random.Next((int)region.CommittedBytes + 1);
                    int count = random.Next((int)region.CommittedBytes - from + 1);
                    region.Discard(from, count);
                    model.AsSpan(from, count).Clear();
                    break;
                case 7:
                    backing.Limit(random.Next(4) * 2 * UnitBytes);
                    break;
                case 8 when isOpen:
                    region.UseMemory();
                    while (region.MoveNext())
                    {
                    }

                    isOpen = !backing.IsClosed;
                    break;
                default:
                    LimitedBacking another = New(folder);
                    backing = isOpen ? backing : another; // a region that has a file keeps it
                    isOpen = true;
                    region.UseFile(another);
                    while (random.Next(8) > 0 && region.MoveNext())
                    {
                    }

                    break;
            }

            Assert.True(
                new ReadOnlySpan<byte>(region.Base, (int)region.CommittedBytes).SequenceEqual(model.AsSpan(0, (int)region.CommittedBytes)),
                $"seed {seed}, step {step}");
        }
    }

    [Fact]
    public void A_full_disk_leaves_what_grows_in_memory_and_says_so_until_there_is_room()
    {
        Assert.SkipUnless(ScratchFile.IsSupported, "needs Linux");
        using TempFolder folder = new();
        using NativeRegion region = new("placed", 8 * UnitBytes);
        LimitedBacking backing = New(folder);
        region.UseFile(backing);
        region.EnsureCommitted(UnitBytes);
        Assert.False(region.IsShortOfFile);
        backing.Limit(0);
        region.EnsureCommitted(2 * UnitBytes);
        region.Base[(2 * UnitBytes) - 1] = 7;
        Assert.True(region.IsShortOfFile);
        Assert.False(region.MoveNext());
        Assert.True(region.IsShortOfFile);
        backing.Limit(long.MaxValue);
        Assert.True(region.MoveNext());
        Assert.False(region.MoveNext());
        Assert.False(region.IsShortOfFile);
        Assert.Equal(7, region.Base[(2 * UnitBytes) - 1]);
    }

    private static LimitedBacking New(TempFolder folder)
        => new(new ScratchBacking(ScratchFile.Create(Path.Combine(folder.Path, "placed.scratch")), isReadAtRandom: true));

    /// <summary>A file on a disk that has no more room than is told.</summary>
    private sealed class LimitedBacking(ScratchBacking file) : IRegionBacking
    {
        private readonly HashSet<long> _units = [];
        private long _bytesMax = long.MaxValue;

        public bool IsClosed { get; private set; }

        public bool IsReadAtRandom => file.IsReadAtRandom;

        public void Limit(long bytesMax) => _bytesMax = bytesMax;

        public bool TryAllocate(long offset, long bytes)
        {
            long[] added = [.. Units(offset, bytes).Where(unit => !_units.Contains(unit))];
            if (added.Length > 0 && (_units.Count + added.Length) * (long)UnitBytes > _bytesMax)
            {
                return false;
            }

            _units.UnionWith(added);
            return file.TryAllocate(offset, bytes);
        }

        public bool TryWrite(long offset, ReadOnlySpan<byte> bytes)
        {
            Assert.Contains(offset, _units);
            return file.TryWrite(offset, bytes);
        }

        public bool TryMap(nint address, long offset, long bytes)
        {
            Assert.All(Units(offset, bytes), unit => Assert.Contains(unit, _units));
            return file.TryMap(address, offset, bytes);
        }

        public void Release(long offset, long bytes)
        {
            _units.ExceptWith(Units(offset, bytes));
            file.Release(offset, bytes);
        }

        public void Dispose()
        {
            IsClosed = true;
            file.Dispose();
        }

        private static IEnumerable<long> Units(long offset, long bytes)
        {
            for (long unit = offset; unit < offset + bytes; unit += UnitBytes)
            {
                yield return unit;
            }
        }
    }
}
