using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Filters;

public sealed class FilterCodecTests
{
    private const string Golden =
        "01"                                                                     // version
        + "07"                                                                   // must: 7
        + "01" + "03" + "000161" + "02" + "0105" + "00" + "0178"                 // a[][5] match "x"
        + "01" + "01" + "000161" + "01" + "03"                                   // a match -2
        + "01" + "01" + "000161" + "04" + "00" + "02" + "02" + "04"              // a except [1, 2]
        + "02" + "01" + "000161" + "09" + "000000000000F03F" + "0000000000000040" // a range lt 1, gte 2
        + "03" + "01" + "000161" + "02" + "C801"                                 // a moment gt 100
        + "0D" + "02" + "00" + "AC02" + "01" + "000102030405060708090A0B0C0D0E0F" // ids 300 and a uuid
        + "0F" + "04" + "03"                                                     // slice 3 of 4
        + "01"                                                                   // should: 1
        + "0C" + "01" + "000161" + "00" + "00" + "01" + "06" + "01" + "000162" + "00" // nested a, must not b is_null
        + "00"                                                                   // must not: 0
        + "01" + "02" + "0E" + "0176" + "05" + "01" + "000161" + "01";           // 1 of: has vector v, a is_empty

    [Fact]
    public void The_encoding_is_these_bytes()
        => Assert.Equal(Golden, Convert.ToHexString(FilterCodec.Encode(MakeGolden())));

    [Fact]
    public void Bytes_of_old_read_as_the_filter_they_were()
        => Assert.Equal(Golden, Convert.ToHexString(FilterCodec.Encode(FilterCodec.Decode(Convert.FromHexString(Golden)))));

    [Fact]
    public void Damaged_bytes_are_refused_or_read_as_a_filter_never_crash()
    {
        byte[] golden = Convert.FromHexString(Golden);
        for (int length = 0; length < golden.Length; length++)
        {
            Assert.Throws<FilterFormatException>(() => FilterCodec.Decode(golden.AsSpan(0, length)));
        }

        for (int at = 0; at < golden.Length; at++)
        {
            for (int value = 0; value < 256; value += 1 + (at % 3))
            {
                byte[] damaged = [.. golden];
                damaged[at] = (byte)value;
                AssertReadsOrRefuses(damaged, $"byte {at} set to {value}");
            }
        }
    }

    [Fact]
    public void Random_bytes_never_crash()
    {
        const int Seed = 20260804;
        var random = new Random(Seed);
        for (int round = 0; round < 10_000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(random.Next(4) == 0 ? random.Next(256) : random.Next(17));
            }

            bytes[0] = 1;
            AssertReadsOrRefuses(bytes, $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Nesting_is_bounded_when_reading_and_when_writing()
    {
        var filter = Filter.MatchAll;
        for (int depth = 1; depth < FilterLimits.DepthMax; depth++)
        {
            filter = new Filter { Must = [new FilterCondition(filter)] };
        }

        Assert.NotEmpty(FilterCodec.Encode(filter));
        Assert.Throws<FilterFormatException>(() => FilterCodec.Encode(new Filter { Must = [new FilterCondition(filter)] }));

        byte[] endless = [1, .. Enumerable.Repeat(new byte[] { 1, 0 }, 100_000).SelectMany(pair => pair)];
        Assert.Throws<FilterFormatException>(() => FilterCodec.Decode(endless));
    }

    [Fact]
    public void A_filter_that_could_not_be_read_again_is_not_written()
    {
        PayloadPath a = PayloadPath.Parse("a");
        Condition[] bad =
        [
            new RangeCondition(a, new NumberRange(double.NaN, null, null, null)),
            new GeoRadiusCondition(a, new GeoPoint(0, 0), -1),
            new GeoRadiusCondition(a, new GeoPoint(200, 0), 1),
            new GeoPolygonCondition(a, new GeoPolygon([], [])),
            new SliceCondition(0, 0),
            new SliceCondition(2, 2),
            new HasVectorCondition(new string('x', FilterLimits.TextBytesMax + 1)),
        ];
        foreach (Condition condition in bad)
        {
            Assert.Throws<FilterFormatException>(() => FilterCodec.Encode(new Filter { Must = [condition] }));
        }
    }

    private static void AssertReadsOrRefuses(byte[] bytes, string context)
    {
        try
        {
            Filter filter = FilterCodec.Decode(bytes);
            byte[] again = FilterCodec.Encode(filter);
            Assert.Equal(again, FilterCodec.Encode(FilterCodec.Decode(again)));
            CompiledFilter.Compile(filter);
        }
        catch (FilterFormatException)
        {
        }
        catch (Exception error)
        {
            Assert.Fail($"{context}: {error}");
        }
    }

    private static Filter MakeGolden()
    {
        PayloadPath a = PayloadPath.Parse("a");
        return new Filter
        {
            Must =
            [
                new MatchCondition(PayloadPath.Parse("a[][5]"), new MatchString("x")),
                new MatchCondition(a, new MatchInteger(-2)),
                new MatchCondition(a, new MatchExcept(MatchSet.OfIntegers([1, 2]))),
                new RangeCondition(a, new NumberRange(1, null, null, 2)),
                new DateTimeRangeCondition(a, new DateTimeRange(null, 100, null, null)),
                new HasIdCondition([PointId.FromNumber(300), PointId.FromUuid(new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f"))]),
                new SliceCondition(4, 3),
            ],
            Should = [new NestedCondition(a, new Filter { MustNot = [new IsNullCondition(PayloadPath.Parse("b"))] })],
            MinShould = new MinShould([new HasVectorCondition("v"), new IsEmptyCondition(a)], 1),
        };
    }
}
