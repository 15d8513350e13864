using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Payloads;

public sealed class PayloadPathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a.b.c")]
    [InlineData("a[].b")]
    [InlineData("a[0].b[12][]")]
    [InlineData("foo[1][50].bar-baz[].\"qux[.]quux\"")]
    [InlineData("\"a.b\"")]
    [InlineData("\"\"")]
    [InlineData("größe_1.名前.नाम")]
    [InlineData("\"a b\".c")]
    public void A_path_reads_and_writes_as_it_is(string text)
    {
        PayloadPath path = PayloadPath.Parse(text);
        Assert.Equal(text, path.ToString());
        Assert.Equal(path, PayloadPath.FromSteps(path.Steps));
    }

    [Fact]
    public void Needless_quotes_make_no_difference()
        => Assert.Equal(PayloadPath.Parse("a.b"), PayloadPath.Parse("\"a\".\"b\""));

    [Theory]
    [InlineData("", 0)]
    [InlineData(".a", 0)]
    [InlineData("[0]", 0)]
    [InlineData("a.", 2)]
    [InlineData("a..b", 2)]
    [InlineData("a[", 2)]
    [InlineData("a[x]", 2)]
    [InlineData("a[-1]", 2)]
    [InlineData("a[0", 3)]
    [InlineData("a[99999999999]", 14)]
    [InlineData("a b", 1)]
    [InlineData("a]", 1)]
    [InlineData("\"a", 0)]
    [InlineData("\"a\\\"b\"", 0)]
    [InlineData("a\"b\"", 1)]
    public void What_is_no_path_is_refused_with_the_position(string text, int position)
        => Assert.Equal(position, Assert.Throws<PayloadPathException>(() => PayloadPath.Parse(text)).Position);

    [Fact]
    public void A_key_with_half_a_surrogate_pair_is_refused()
    {
        Assert.Throws<PayloadPathException>(() => PayloadPath.Parse("\"\ud800\""));
        Assert.Throws<PayloadPathException>(() => PayloadPath.Parse("\"\ude00\ud83d\""));
        Assert.Equal("\"\ud83d\ude00\"", PayloadPath.Parse("\"\ud83d\ude00\"").ToString());
    }

    [Fact]
    public void A_path_beyond_the_limit_is_refused_by_name()
    {
        PayloadPath.Parse(new string('a', PayloadLimits.PathCharsMax));
        string message = Assert.Throws<PayloadPathException>(
            () => PayloadPath.Parse(new string('a', PayloadLimits.PathCharsMax + 1))).Message;
        Assert.Contains(nameof(PayloadLimits.PathCharsMax), message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_path_to_elements_is_made_once()
    {
        Assert.Equal("a[]", PayloadPath.Parse("a").ToElements().ToString());
        Assert.Equal("a[]", PayloadPath.Parse("a[]").ToElements().ToString());
        Assert.Equal("a[0][]", PayloadPath.Parse("a[0]").ToElements().ToString());
    }
}
