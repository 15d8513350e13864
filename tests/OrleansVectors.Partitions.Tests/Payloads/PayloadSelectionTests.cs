using System.Buffers;
using System.Text;
using System.Text.Json;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Payloads;

public sealed class PayloadSelectionTests
{
    private const string Payload = """{"a":1,"b":{"c":123,"e":{"f":[1,2,3],"g":7},"l":[{"j":1,"k":2},{"j":3},5,[{"j":6}]]},"k.x":true}""";

    [Theory]
    [InlineData("a", """{"a":1}""")]
    [InlineData("a b.e.f", """{"a":1,"b":{"e":{"f":[1,2,3]}}}""")]
    [InlineData("b.l[].j", """{"b":{"l":[{"j":1},{"j":3},5,[]]}}""")]
    [InlineData("b.l[][].j", """{"b":{"l":[{},{},5,[{"j":6}]]}}""")]
    [InlineData("b.l.j", """{"b":{"l":[]}}""")]
    [InlineData("b.e.f[0]", """{"b":{"e":{"f":[]}}}""")]
    [InlineData("a.deeper", """{"a":1}""")]
    [InlineData("b b.c", """{"b":{"c":123,"e":{"f":[1,2,3],"g":7},"l":[{"j":1,"k":2},{"j":3},5,[{"j":6}]]}}""")]
    [InlineData("\"k.x\"", """{"k.x":true}""")]
    [InlineData("nothing", "{}")]
    [InlineData("", "{}")]
    public void Including_keeps_the_paths_and_what_leads_there(string paths, string expected)
        => Assert.Equal(expected, Write(PayloadSelection.Include(Paths(paths))));

    [Theory]
    [InlineData("b", """{"a":1,"k.x":true}""")]
    [InlineData("a b.e b.l", """{"b":{"c":123},"k.x":true}""")]
    [InlineData("b.e b.l[].j \"k.x\"", """{"a":1,"b":{"c":123,"l":[{"k":2},{},5,[{"j":6}]]}}""")]
    [InlineData("b.l[] b.e.f[0]", """{"a":1,"b":{"c":123,"e":{"f":[1,2,3],"g":7},"l":[]},"k.x":true}""")]
    [InlineData("", Payload)]
    public void Excluding_leaves_the_paths_out(string paths, string expected)
        => Assert.Equal(expected, Write(PayloadSelection.Exclude(Paths(paths))));

    [Fact]
    public void All_is_everything_and_none_is_null()
    {
        Assert.Equal(Payload, Write(PayloadSelection.All));
        Assert.Equal("null", Write(PayloadSelection.None));
    }

    private static PayloadPath[] Paths(string text)
        => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(PayloadPath.Parse)];

    private static string Write(PayloadSelection selection)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            selection.WriteJson(PayloadDocument.Parse(Encoding.UTF8.GetBytes(Payload)).View, writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
