using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Ordinals;
using OrleansVectors.Indexes.PayloadIndexes;

namespace OrleansVectors.Indexes.Tests.Ordinals;

public sealed class PostingTests
{
    [Theory]
    [InlineData(300, 1u << 20)]
    [InlineData(20_000, 70_000)]
    [InlineData(60_000, 1u << 18)]
    public void A_posting_list_holds_what_was_added_and_not_removed_in_every_form(int changes, uint bound)
    {
        int seed = changes;
        Random random = new(seed);
        using PostingHeap heap = new("test", new ReaderGate());
        PostingLists lists = new(heap);
        HashSet<uint> model = [];
        ulong head = 0;
        for (int phase = 0; phase < 4; phase++)
        {
            for (int i = 0; i < changes; i++)
            {
                uint ordinal = (uint)random.NextInt64(bound);
                if (random.Next(3) < (phase % 2 == 0 ? 2 : 1))
                {
                    if (model.Add(ordinal))
                    {
                        Assert.True(lists.Add(ref head, ordinal));
                        Assert.False(lists.Add(ref head, ordinal), $"seed {seed}: added twice in a row");
                    }
                }
                else
                {
                    Assert.Equal(model.Remove(ordinal), lists.Remove(ref head, ordinal));
                }
            }

            Check(head, model, bound, $"seed {seed}, phase {phase}");
        }

        foreach (uint ordinal in model)
        {
            Assert.True(lists.Remove(ref head, ordinal));
        }

        Assert.Equal(0ul, head);
    }

    [Theory]
    [InlineData(11, 5)]
    [InlineData(12, 3_000)]
    [InlineData(13, int.MaxValue)]
    public void Ordered_postings_answer_ranges_as_a_sorted_dictionary_does(int seed, int distinct)
    {
        Random random = new(seed);
        using PostingHeap heap = new("test", new ReaderGate());
        OrderedPostings postings = new(heap);
        SortedDictionary<long, HashSet<uint>> model = [];
        for (int i = 0; i < 60_000; i++)
        {
            // Random keys, then rising ones, then a window that slides away.
            long key = i < 30_000 ? random.Next(distinct) : (long)int.MaxValue + i;
            uint ordinal = (uint)random.Next(50_000);
            HashSet<uint> having = model.TryGetValue(key, out HashSet<uint>? present) ? present : model[key] = [];
            if (having.Add(ordinal))
            {
                Assert.True(postings.Add(key, ordinal));
            }
            else
            {
                having.Remove(ordinal);
                Assert.True(postings.Remove(key, ordinal));
            }

            if (i > 45_000)
            {
                (long oldest, HashSet<uint> gone) = model.First();
                foreach (uint one in gone)
                {
                    Assert.True(postings.Remove(oldest, one));
                }

                model.Remove(oldest);
            }
        }

        long[] bounds = [long.MinValue, 0, 3, distinct, int.MaxValue + 30_000L, int.MaxValue + 50_000L, long.MaxValue];
        for (int i = 0; i < 200; i++)
        {
            long low = i < bounds.Length ? bounds[i] : random.NextInt64(0, int.MaxValue + 60_000L);
            long high = i % 3 == 0 ? low : i % 3 == 1 ? low + random.Next(2000) : long.MaxValue;
            uint[] expected = [.. model.Where(pair => pair.Key >= low && pair.Key <= high).SelectMany(pair => pair.Value).Distinct().Order()];
            using OrdinalBits bits = OrdinalBits.Rent(50_000);
            Collector collector = new(bits);
            postings.Visit(low, high, ref collector);
            Assert.True(expected.SequenceEqual(OrdinalsOf(bits)), $"seed {seed}: from {low} to {high}");
            Assert.Equal(model.Where(pair => pair.Key >= low && pair.Key <= high).Sum(pair => pair.Value.Count), postings.Count(low, high).Ordinals);
        }
    }

    [Fact]
    public void Key_postings_find_what_a_dictionary_finds_while_keys_come_and_go()
    {
        const int Seed = 5;
        Random random = new(Seed);
        using PostingHeap heap = new("test", new ReaderGate());
        KeyPostings postings = new(heap);
        Dictionary<string, HashSet<uint>> model = [];
        for (int i = 0; i < 80_000; i++)
        {
            string key = $"{i / 20_000}-{random.Next(3_000)}";
            uint ordinal = (uint)random.Next(1_000);
            HashSet<uint> having = model.TryGetValue(key, out HashSet<uint>? present) ? present : model[key] = [];
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(key);
            if (having.Add(ordinal))
            {
                Assert.True(postings.Add(bytes, ordinal));
            }
            else
            {
                having.Remove(ordinal);
                Assert.True(postings.Remove(bytes, ordinal));
            }
        }

        foreach ((string key, HashSet<uint> having) in model.ToArray())
        {
            Check(postings.Find(System.Text.Encoding.UTF8.GetBytes(key)), having, 1_000, $"seed {Seed}, key {key}");
            if (random.Next(2) == 0)
            {
                foreach (uint ordinal in having)
                {
                    postings.Remove(System.Text.Encoding.UTF8.GetBytes(key), ordinal);
                }

                model.Remove(key);
            }
        }

        Assert.Equal((uint)model.Count(pair => pair.Value.Count > 0), postings.Keys);
    }

    [Fact]
    public void Cells_cover_every_place_of_a_box()
    {
        const int Seed = 3;
        Random random = new(Seed);
        for (int i = 0; i < 300; i++)
        {
            double west = (random.NextDouble() * 360) - 180;
            double south = (random.NextDouble() * 180) - 90;
            GeoBox box = new(west, south, Math.Min(180, west + (random.NextDouble() * 10)), Math.Min(90, south + (random.NextDouble() * 10)));
            List<(long First, long Last)> ranges = GeoCells.Cover(box);
            for (int j = 0; j < 20; j++)
            {
                double lon = box.West + (random.NextDouble() * (box.East - box.West));
                double lat = box.South + (random.NextDouble() * (box.North - box.South));
                long key = GeoCells.KeyOf(lon, lat);
                Assert.True(ranges.Exists(range => range.First <= key && key <= range.Last), $"seed {Seed}: {lon}, {lat} in {box}");
            }
        }
    }

    private static void Check(ulong head, HashSet<uint> model, uint bound, string where)
    {
        Assert.Equal((uint)model.Count, PostingLists.Count(head));
        using OrdinalBits bits = OrdinalBits.Rent(bound);
        OrdinalBits.Sink sink = bits.AsSink();
        PostingLists.Visit(head, ref sink);
        Assert.True(model.Order().SequenceEqual(OrdinalsOf(bits)), where);
        Assert.Equal(model.Count, bits.Count());
    }

    private static uint[] OrdinalsOf(OrdinalBits bits)
    {
        uint[] ordinals = new uint[bits.Count()];
        Assert.Equal(ordinals.Length, bits.CopyTo(ordinals));
        return ordinals;
    }

    private readonly struct Collector(OrdinalBits bits) : IOrderedVisitor
    {
        public bool EntersLeaf(long ordinals, int keys) => true;

        public bool Visit(long key, ulong head)
        {
            OrdinalBits.Sink sink = bits.AsSink();
            return PostingLists.Visit(head, ref sink);
        }
    }
}
