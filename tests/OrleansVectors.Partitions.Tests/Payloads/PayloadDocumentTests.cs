using System.Buffers;
using System.Text;
using System.Text.Json;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Payloads;

public sealed class PayloadDocumentTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":1,"b":1.0,"c":-1.5,"d":"x","e":null,"f":true,"g":false,"h":[],"i":{}}""")]
    [InlineData("""{"z":1,"a":{"b":[1,[2,{"c":[]}],"s"]}}""")]
    [InlineData("""{"min":-9223372036854775808,"max":9223372036854775807,"unsigned":18446744073709551615}""")]
    [InlineData("""{"":"","k\u0000":"\u0000"}""")]
    [InlineData("""{"zero":-0.0,"tiny":5E-324,"huge":1.7976931348623157E+308}""")]
    public void Text_survives_as_it_was(string json) => Assert.Equal(json, PayloadDocument.Parse(Utf8(json)).ToString());

    [Theory]
    [InlineData("""{"a":1e3}""", """{"a":1000.0}""")]
    [InlineData("""{"a":-0}""", """{"a":-0.0}""")]
    [InlineData("""{"a":18446744073709551616}""", """{"a":1.8446744073709552E+19}""")]
    [InlineData("""{"a":-9223372036854775809}""", """{"a":-9.223372036854776E+18}""")]
    [InlineData("""{ "a" : "\u0041\n" }""", """{"a":"A\n"}""")]
    [InlineData("""{"a":1,"b":2,"a":3}""", """{"b":2,"a":3}""")]
    [InlineData("""{"a":{"x":1,"x":2,"x":[3]},"a":{"y":1,"y":{"z":1,"z":2}}}""", """{"a":{"y":{"z":2}}}""")]
    public void Numbers_keep_their_kind_and_the_last_of_equal_keys_counts(string json, string expected)
        => Assert.Equal(expected, PayloadDocument.Parse(Utf8(json)).ToString());

    [Fact]
    public void An_object_with_very_many_equal_keys_is_read_quickly_and_keeps_the_last()
    {
        var json = new StringBuilder("{");
        for (int i = 0; i < 200_000; i++)
        {
            json.Append(i > 0 ? "," : "").Append($"\"k{i % 50_000}\":{i}");
        }

        PayloadDocument document = PayloadDocument.Parse(Utf8(json.Append('}').ToString()));

        Assert.Equal(50_000, JsonDocument.Parse(document.ToString()).RootElement.GetPropertyCount());
        Assert.True(document.View.TryGetProperty("k7"u8, out PayloadView value));
        Assert.True(value.TryGetInt64(out long number));
        Assert.Equal(150_007, number);
    }

    [Fact]
    public void The_reader_stops_on_the_end_of_the_object_it_was_given()
    {
        var reader = new Utf8JsonReader("""[{"a":[1]},7]"""u8);
        reader.Read();
        reader.Read();

        PayloadDocument document = PayloadDocument.Read(ref reader);

        Assert.Equal("""{"a":[1]}""", document.ToString());
        Assert.Equal(JsonTokenType.EndObject, reader.TokenType);
        Assert.True(reader.Read());
        Assert.Equal(7, reader.GetInt32());
    }

    [Fact]
    public void Text_in_pieces_reads_like_text_in_one()
    {
        string json = """{"längeres":"text mit \u00e4 und 😀","number":12345.678,"integer":1234567890123,"list":["a","b"]}""";
        byte[] utf8 = Utf8(json);
        Chunk first = new(utf8.AsMemory(0, 1));
        Chunk last = first;
        for (int i = 1; i < utf8.Length; i++)
        {
            last = last.Append(utf8.AsMemory(i, 1));
        }

        var reader = new Utf8JsonReader(new ReadOnlySequence<byte>(first, 0, last, 1));
        reader.Read();

        Assert.Equal(PayloadDocument.Parse(utf8).Encoded.ToArray(), PayloadDocument.Read(ref reader).Encoded.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"a\":1}{}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":1,}")]
    public void Malformed_text_is_refused(string json)
        => Assert.Throws<PayloadException>(() => PayloadDocument.Parse(Utf8(json)));

    [Theory]
    [InlineData("""{"a":{"b":[1,"\ud800"]}}""", "a.b[1]")]
    [InlineData("""{"a":[{},{"\udc00":1}]}""", "a[1]")]
    [InlineData("""{"x":1,"a":[1e999]}""", "a[0]")]
    [InlineData("""{"x":1,"a":-1e999}""", "a")]
    public void What_cannot_be_stored_is_refused_with_its_place(string json, string path)
    {
        PayloadException error = Assert.Throws<PayloadException>(() => PayloadDocument.Parse(Utf8(json)));
        Assert.StartsWith(path, error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_bytes_in_text_are_refused()
    {
        byte[] value = [.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        byte[] key = [.. "{\""u8, 0xFF, .. "\":1}"u8];
        byte[] escaped = [.. "{\"a\":\"\\n"u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal("a", Assert.Throws<PayloadException>(() => PayloadDocument.Parse(value)).Path);
        Assert.Throws<PayloadException>(() => PayloadDocument.Parse(key));
        Assert.Throws<PayloadException>(() => PayloadDocument.Parse(escaped));
    }

    [Fact]
    public void Nesting_is_allowed_up_to_the_limit_and_refused_beyond()
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

        Assert.Equal(Nested(PayloadLimits.DepthMax), PayloadDocument.Parse(Utf8(Nested(PayloadLimits.DepthMax))).ToString());

        PayloadException error = Assert.Throws<PayloadException>(
            () => PayloadDocument.Parse(Utf8(Nested(PayloadLimits.DepthMax + 1))));
        Assert.Equal(nameof(PayloadLimits.DepthMax), error.Limit);
        Assert.Equal(PayloadLimits.DepthMax + 1, error.Actual);
        Assert.Throws<PayloadException>(() => PayloadDocument.Parse(Utf8(Nested(1_000_000))));
    }

    [Fact]
    public void Size_is_allowed_up_to_the_limit_and_refused_beyond()
    {
        // Version, object header, key "a", string tag and a four-byte length.
        int room = PayloadLimits.BytesMax - 1 - 5 - 2 - 1 - 4;
        string Sized(int length) => $$"""{"a":"{{new string('x', length)}}"}""";

        Assert.Equal(PayloadLimits.BytesMax, PayloadDocument.Parse(Utf8(Sized(room))).Encoded.Length);

        PayloadException error = Assert.Throws<PayloadException>(() => PayloadDocument.Parse(Utf8(Sized(room + 1))));
        Assert.Equal(nameof(PayloadLimits.BytesMax), error.Limit);
        Assert.Equal(PayloadLimits.BytesMax, error.Max);
    }

    [Fact]
    public void The_empty_payload_is_an_object_without_properties()
    {
        Assert.True(PayloadDocument.Empty.IsEmpty);
        Assert.Equal("{}", PayloadDocument.Empty.ToString());
        Assert.Equal(PayloadDocument.Empty.Encoded.ToArray(), PayloadDocument.Parse("{}"u8).Encoded.ToArray());
        Assert.True(PayloadView.OfDocument([]).IsEmptyContainer);
    }

    [Fact]
    public void Reading_values_gives_each_kind_its_value_and_others_nothing()
    {
        PayloadView view = PayloadDocument.Parse("""{"i":-5,"u":18446744073709551615,"d":1.5,"s":"é","a":[1,2],"n":null}"""u8).View;

        Assert.True(view.TryGetProperty("i"u8, out PayloadView i) && i.TryGetInt64(out long signed) && signed == -5);
        Assert.False(i.TryGetUInt64(out _));
        Assert.True(i.TryGetDouble(out double asDouble) && asDouble == -5.0);
        Assert.True(view.TryGetProperty("u"u8, out PayloadView u) && u.TryGetUInt64(out ulong unsigned) && unsigned == ulong.MaxValue);
        Assert.False(u.TryGetInt64(out _));
        Assert.True(view.TryGetProperty("d"u8, out PayloadView d) && d.TryGetDouble(out double number) && number == 1.5);
        Assert.False(d.TryGetInt64(out _));
        Assert.True(view.TryGetProperty("s"u8, out PayloadView s) && s.TryGetString(out ReadOnlySpan<byte> text) && text.SequenceEqual("é"u8));
        Assert.True(view.TryGetProperty("a"u8, out PayloadView a) && a.CountArray() == 2);
        Assert.True(a.TryGetElement(1, out PayloadView second) && second.TryGetInt64(out long two) && two == 2);
        Assert.False(a.TryGetElement(2, out _));
        Assert.True(view.TryGetProperty("n"u8, out PayloadView n) && n.Kind == PayloadKind.Null);
        Assert.False(view.TryGetProperty("x"u8, out _));
        Assert.False(i.TryGetProperty("x"u8, out _));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private sealed class Chunk : ReadOnlySequenceSegment<byte>
    {
        public Chunk(ReadOnlyMemory<byte> memory)
        {
            Memory = memory;
        }

        public Chunk Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Chunk(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
