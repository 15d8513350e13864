using System.Text;
using OrleansVectors.Api.Json;
using OrleansVectors.Api.Json.Filters;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Tests.Json.Filters;

public sealed class FilterJsonReaderTests
{
    private static readonly PayloadPath A = PayloadPath.Parse("a");

    [Fact]
    public void Every_form_of_condition_is_read()
    {
        AssertReads(new MatchCondition(A, new MatchString("x")), """{"key":"a","match":{"value":"x"}}""");
        AssertReads(new MatchCondition(A, new MatchInteger(-7)), """{"match":{"value":-7},"key":"a"}""");
        AssertReads(new MatchCondition(A, new MatchBoolean(false)), """{"key":"a","match":{"value":false}}""");
        AssertReads(new MatchCondition(A, new MatchAny(MatchSet.OfStrings(["x", "y"]))), """{"key":"a","match":{"any":["x","y"]}}""");
        AssertReads(new MatchCondition(A, new MatchAny(MatchSet.OfIntegers([1, 2]))), """{"key":"a","match":{"any":[1,2]}}""");
        AssertReads(new MatchCondition(A, new MatchAny(MatchSet.Empty)), """{"key":"a","match":{"any":[]}}""");
        AssertReads(new MatchCondition(A, new MatchExcept(MatchSet.OfIntegers([1]))), """{"key":"a","match":{"except":[1]}}""");
        AssertReads(new MatchCondition(A, new MatchText(MatchTextMode.All, "t")), """{"key":"a","match":{"text":"t"}}""");
        AssertReads(new MatchCondition(A, new MatchText(MatchTextMode.AnyWord, "t")), """{"key":"a","match":{"text_any":"t"}}""");
        AssertReads(new MatchCondition(A, new MatchText(MatchTextMode.Phrase, "t")), """{"key":"a","match":{"phrase":"t"}}""");
        AssertReads(new MatchCondition(A, new MatchText(MatchTextMode.Prefix, "t")), """{"key":"a","match":{"prefix":"t"}}""");
        AssertReads(
            new RangeCondition(A, new NumberRange(1, 2.5, null, -3)),
            """{"key":"a","range":{"lt":1,"gt":2.5,"lte":null,"gte":-3}}""");
        AssertReads(
            new DateTimeRangeCondition(A, new DateTimeRange(null, null, 1_000_000, null)),
            """{"key":"a","range":{"lte":"1970-01-01T00:00:01Z"}}""");
        AssertReads(
            new ValuesCountCondition(A, new CountRange(9, 1, null, 0)),
            """{"key":"a","values_count":{"lt":9,"gt":1,"gte":0}}""");
        AssertReads(new FieldIsEmptyCondition(A, false), """{"key":"a","is_empty":false}""");
        AssertReads(new FieldIsNullCondition(A, true), """{"key":"a","is_null":true}""");
        AssertReads(new IsEmptyCondition(A), """{"is_empty":{"key":"a"}}""");
        AssertReads(new IsNullCondition(A), """{"is_null":{"key":"a"}}""");
        AssertReads(
            new GeoBoundingBoxCondition(A, new GeoPoint(1, 2), new GeoPoint(3, -4)),
            """{"key":"a","geo_bounding_box":{"top_left":{"lon":1,"lat":2},"bottom_right":{"lat":-4,"lon":3}}}""");
        AssertReads(
            new GeoRadiusCondition(A, new GeoPoint(1, 2), 3.5),
            """{"key":"a","geo_radius":{"center":{"lon":1,"lat":2},"radius":3.5}}""");
        AssertReads(
            new GeoPolygonCondition(A, new GeoPolygon([new(0, 0), new(1, 0), new(1, 1), new(0, 0)], [])),
            """{"key":"a","geo_polygon":{"exterior":{"points":[{"lon":0,"lat":0},{"lon":1,"lat":0},{"lon":1,"lat":1},{"lon":0,"lat":0}]},"interiors":null}}""");
        AssertReads(
            new HasIdCondition([PointId.FromNumber(5), PointId.FromUuid(new Guid("00000000-0000-0000-0000-0000000000ff"))]),
            """{"has_id":[5,"000000000000000000000000000000FF"]}""");
        AssertReads(new HasVectorCondition(""), """{"has_vector":""}""");
        AssertReads(new SliceCondition(4, 3), """{"slice":{"total":4,"index":3}}""");
        AssertReads(
            new NestedCondition(A, new Filter { MustNot = [new IsNullCondition(A)] }),
            """{"nested":{"key":"a","filter":{"must_not":{"is_null":{"key":"a"}}}}}""");
        AssertReads(
            new FilterCondition(new Filter { Should = [new IsNullCondition(A), new IsEmptyCondition(A)] }),
            """{"should":[{"is_null":{"key":"a"}},{"is_empty":{"key":"a"}}]}""");
        AssertReads(
            new MatchCondition(A, new MatchInteger(1)),
            """{"key":"a","match":{"value":1},"range":null,"geo_bounding_box":null,"geo_radius":null,"geo_polygon":null,"values_count":null,"is_empty":null,"is_null":null}""");
    }

    [Fact]
    public void Parts_are_a_condition_a_list_or_null()
    {
        Condition isNull = new IsNullCondition(A);
        AssertSame(new Filter(), "{}");
        AssertSame(new Filter(), """{"must":null,"should":[],"must_not":null,"min_should":null}""");
        AssertSame(new Filter { Must = [isNull] }, """{"must":{"is_null":{"key":"a"}}}""");
        AssertSame(new Filter { Must = [isNull] }, """{"must":[{"is_null":{"key":"a"}}]}""");
        AssertSame(
            new Filter { MinShould = new MinShould([isNull, isNull], 2) },
            """{"min_should":{"min_count":2,"conditions":[{"is_null":{"key":"a"}},{"is_null":{"key":"a"}}]}}""");
    }

    [Fact]
    public void No_filter_is_null()
    {
        var cursor = new JsonCursor("null"u8);
        Assert.Null(FilterJsonReader.ReadOrNull(ref cursor));
    }

    [Theory]
    [InlineData("""[]""", "", "expected an object")]
    [InlineData("""{"mus":[]}""", "mus", "unknown field")]
    [InlineData("""{"must":5}""", "must", "expected a condition or a list")]
    [InlineData("""{"must":[5]}""", "must[0]", "expected a condition")]
    [InlineData("""{"must":[{"key":5}]}""", "must[0].key", "expected a string")]
    [InlineData("""{"must":[{"key":"a["}]}""", "must[0].key", "Invalid json path")]
    [InlineData("""{"must":{"key":"a","matches":1}}""", "must.matches", "unknown field")]
    [InlineData("""{"must":[{"match":{"value":1}}]}""", "must[0]", "missing field `key`")]
    [InlineData("""{"must":[{"key":"a","match":{}}]}""", "must[0].match", "missing field `value`")]
    [InlineData("""{"must":[{"key":"a","match":{"value":1.5}}]}""", "must[0].match.value", "64-bit integer")]
    [InlineData("""{"must":[{"key":"a","match":{"value":18446744073709551615}}]}""", "must[0].match.value", "64-bit integer")]
    [InlineData("""{"must":[{"key":"a","match":{"value":null}}]}""", "must[0].match.value", "found null")]
    [InlineData("""{"must":[{"key":"a","match":{"value":1,"any":[]}}]}""", "must[0].match.any", "one member only")]
    [InlineData("""{"must":[{"key":"a","match":{"any":["x",1]}}]}""", "must[0].match.any[1]", "expected a string, as the values before")]
    [InlineData("""{"must":[{"key":"a","match":{"any":[1,true]}}]}""", "must[0].match.any[1]", "expected a 64-bit integer, as the values before")]
    [InlineData("""{"must":[{"key":"a","match":{"any":"x"}}]}""", "must[0].match.any", "expected an array")]
    [InlineData("""{"must":[{"key":"a","match":{"value":1},"range":{}}]}""", "must[0].range", "cannot be given in one condition")]
    [InlineData("""{"must":[{"key":"a","range":{"lt":"x"}}]}""", "must[0].range.lt", "expected a date-time")]
    [InlineData("""{"must":[{"key":"a","range":{"lt":1,"gt":"2024-01-01"}}]}""", "must[0].range.gt", "as the other bound")]
    [InlineData("""{"must":[{"key":"a","range":{"lt":true}}]}""", "must[0].range.lt", "expected a number or a date-time")]
    [InlineData("""{"must":[{"key":"a","range":{"less":1}}]}""", "must[0].range.less", "unknown field")]
    [InlineData("""{"must":[{"key":"a","range":{"lt":1e999}}]}""", "must[0].range.lt", "64-bit floating point")]
    [InlineData("""{"must":[{"key":"a","values_count":{"lt":-1}}]}""", "must[0].values_count.lt", "unsigned")]
    [InlineData("""{"must":[{"key":"a","is_empty":1}]}""", "must[0].is_empty", "expected a boolean")]
    [InlineData("""{"must":[{"key":"a","is_empty":{"key":"a"}}]}""", "must[0]", "takes no `key`")]
    [InlineData("""{"must":[{"key":"a","must":[]}]}""", "must[0]", "cannot be given in one condition")]
    [InlineData("""{"must":[{"is_null":{}}]}""", "must[0].is_null", "missing field `key`")]
    [InlineData("""{"must":[{"has_id":[-1]}]}""", "must[0].has_id[0]", "expected a point id")]
    [InlineData("""{"must":[{"has_id":["x"]}]}""", "must[0].has_id[0]", "expected a point id")]
    [InlineData("""{"must":[{"slice":{"total":0,"index":0}}]}""", "must[0].slice.total", "expected an integer from 1")]
    [InlineData("""{"must":[{"slice":{"total":1}}]}""", "must[0].slice", "missing field `index`")]
    [InlineData("""{"must":[{"nested":{"key":"a"}}]}""", "must[0].nested", "missing field `filter`")]
    [InlineData("""{"must":[{"key":"a","geo_radius":{"center":{"lon":181,"lat":0},"radius":1}}]}""", "must[0].geo_radius.center", "within [-180;180]")]
    [InlineData("""{"must":[{"key":"a","geo_polygon":{"exterior":{"points":[]}}}]}""", "must[0].geo_polygon.exterior", "at least 4, got 0")]
    [InlineData("""{"must":[{"key":"a","geo_polygon":{"exterior":{"points":[{"lon":0,"lat":0},{"lon":1,"lat":0},{"lon":1,"lat":1},{"lon":0,"lat":1}]}}}]}""", "must[0].geo_polygon.exterior", "closed line")]
    [InlineData("""{"min_should":{"min_count":1}}""", "min_should", "missing field `conditions`")]
    [InlineData("""{"must":[],"must":[]}""", "must", "given twice")]
    [InlineData("""{"must":[""", "must[0]", "")]
    public void What_is_no_filter_is_refused_with_its_place(string json, string path, string message)
    {
        JsonFormatException error = Assert.Throws<JsonFormatException>(() => Read(json));
        Assert.StartsWith(error.Path, path, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        if (message.Length > 0 && message != "given twice")
            Assert.Equal(path, error.Path);
    }

    [Theory]
    [InlineData("""{"must":[{"key":"a"}]}""", "must[0]: value of key a alone invalid, must have at least one field condition specified")]
    [InlineData("""{"must":[{"slice":{"index":4,"total":4}}]}""", "must[0].slice.index: value 4 invalid, must be from 0 to 3")]
    [InlineData("""{"min_should":{"conditions":[],"min_count":0}}""", "min_should.min_count: value 0 invalid, must be from 1 to 2147483647")]
    [InlineData("""{"must":[{"key":"a","geo_radius":{"center":{"lon":1,"lat":0},"radius":-1}}]}""", "must[0].geo_radius.radius: value -1 invalid, must be 0 or larger")]
    public void Values_outside_their_bound_are_refused_with_place_value_and_bound(string json, string message)
        => Assert.Equal(message, Assert.Throws<JsonValidationException>(() => Read(json)).Message);

    [Fact]
    public void Limits_are_refused_by_name()
    {
        string many = string.Join(',', Enumerable.Repeat("{}", FilterLimits.ConditionsMax + 1));
        Assert.Contains("ConditionsMax", Assert.Throws<JsonValidationException>(() => Read($$"""{"must":[{{many}}]}""")).Message, StringComparison.Ordinal);

        string text = new('x', FilterLimits.TextBytesMax + 1);
        Assert.Contains("TextBytesMax", Assert.Throws<JsonValidationException>(() => Read("""{"must":{"key":"a","match":{"value":"TEXT"}}}""".Replace("TEXT", text, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

        static string Deep(int levels) => string.Concat(Enumerable.Repeat("""{"must":""", levels)) + "null" + new string('}', levels);
        Read(Deep(FilterLimits.DepthMax));
        Assert.Contains("DepthMax", Assert.Throws<JsonValidationException>(() => Read(Deep(FilterLimits.DepthMax + 1))).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => Read(Deep(1_000_000)));
    }

    [Fact]
    public void What_is_read_can_be_encoded_for_the_log()
    {
        static string Deep(int levels) => string.Concat(Enumerable.Repeat("""{"must":""", levels)) + "null" + new string('}', levels);
        Assert.NotEmpty(FilterCodec.Encode(Read(Deep(FilterLimits.DepthMax))));
    }

    private static void AssertReads(Condition expected, string json)
        => AssertSame(new Filter { Must = [expected] }, $$"""{"must":{{json}}}""");

    /// <summary>Encodings are equal exactly when filters are; lists inside records are not compared by value.</summary>
    private static void AssertSame(Filter expected, string json)
        => Assert.Equal(Convert.ToHexString(FilterCodec.Encode(expected)), Convert.ToHexString(FilterCodec.Encode(Read(json))));

    private static Filter Read(string json)
    {
        var cursor = new JsonCursor(Encoding.UTF8.GetBytes(json));
        Filter filter = FilterJsonReader.Read(ref cursor);
        cursor.EndDocument();
        return filter;
    }
}
