using System.Globalization;
using System.Text;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Payloads;

public sealed class PayloadDateTimeTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1970-01-01", 0)]
    [InlineData("1970-1-1", 0)]
    [InlineData("1970-01-01 00:00", 0)]
    [InlineData("1970-01-01T00:01", 60_000_000)]
    [InlineData("1970-01-01T00:00:01", 1_000_000)]
    [InlineData("1970-01-01 00:00:01.5", 1_500_000)]
    [InlineData("1970-01-01t00:00:00.0000019z", 1)]
    [InlineData("1970-01-01T01:30:00+01:30", 0)]
    [InlineData("1970-01-01 01:30:00+0130", 0)]
    [InlineData("1970-01-01T01:00:00 +01", 0)]
    [InlineData("1969-12-31T19:00:00-05:00", 0)]
    [InlineData("1970-01-01 00:00:02 UTC", 2_000_000)]
    [InlineData("1969-12-31T23:59:60Z", 0)]
    [InlineData("1969-12-31T23:59:59.999999Z", -1)]
    [InlineData("2024-02-29T12:34:56.789+02:00", 1_709_202_896_789_000)]
    [InlineData("0001-01-01", -62_135_596_800_000_000)]
    [InlineData("9999-12-31T23:59:59Z", 253_402_300_799_000_000)]
    public void A_moment_reads_as_microseconds(string text, long expected)
    {
        Assert.True(PayloadDateTime.TryParse(Encoding.UTF8.GetBytes(text), out long microseconds));
        Assert.Equal(expected, microseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("2024")]
    [InlineData("2024-01")]
    [InlineData("2024-13-01")]
    [InlineData("2024-00-01")]
    [InlineData("2023-02-29")]
    [InlineData("2024-01-01T")]
    [InlineData("2024-01-01Z")]
    [InlineData("2024-01-01T24:00:00")]
    [InlineData("2024-01-01T00:60:00")]
    [InlineData("2024-01-01T00:00:61")]
    [InlineData("2024-01-01T00:00:00.")]
    [InlineData("2024-01-01T00:00Z")]
    [InlineData("2024-01-01T00:00:00+1")]
    [InlineData("2024-01-01T00:00:00+24:00")]
    [InlineData("2024-01-01T00:00:00+01:")]
    [InlineData("2024-01-01T00:00:00Z ")]
    [InlineData(" 2024-01-01")]
    [InlineData("20240101")]
    [InlineData("0000-01-01")]
    [InlineData("1709202896")]
    public void Other_text_is_no_moment(string text)
        => Assert.False(PayloadDateTime.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Random_moments_agree_with_the_platform()
    {
        const int Seed = 20260803;
        var random = new Random(Seed);
        for (int round = 0; round < 2_000; round++)
        {
            var moment = new DateTimeOffset(
                random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay) / 10 * 10,
                TimeSpan.FromMinutes(random.Next(-600, 600)));
            string text = moment.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
            Assert.True(PayloadDateTime.TryParse(Encoding.UTF8.GetBytes(text), out long microseconds), $"seed {Seed}, {text}");
            Assert.True((moment - DateTimeOffset.UnixEpoch).Ticks / 10 == microseconds, $"seed {Seed}, {text}");
        }
    }
}
