using System.Text;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Filters;

public sealed class FilterSemanticsTests
{
    private static readonly PayloadPath A = PayloadPath.Parse("a");

    [Theory]
    [InlineData("""{"a":"x"}""", true)]
    [InlineData("""{"a":["y","x"]}""", true)]
    [InlineData("""{"a":[["x"]]}""", false)]
    [InlineData("""{"a":"X"}""", false)]
    [InlineData("""{"b":"x"}""", false)]
    [InlineData("""{}""", false)]
    public void A_text_matches_itself_alone_or_in_an_array(string payload, bool expected)
        => AssertMatches(expected, payload, new MatchCondition(A, new MatchString("x")));

    [Theory]
    [InlineData("""{"a":1}""", true)]
    [InlineData("""{"a":[0,1]}""", true)]
    [InlineData("""{"a":1.0}""", false)]
    [InlineData("""{"a":"1"}""", false)]
    [InlineData("""{"a":true}""", false)]
    public void An_integer_matches_integers_only(string payload, bool expected)
        => AssertMatches(expected, payload, new MatchCondition(A, new MatchInteger(1)));

    [Theory]
    [InlineData("""{"a":true}""", true)]
    [InlineData("""{"a":[false,true]}""", true)]
    [InlineData("""{"a":false}""", false)]
    [InlineData("""{"a":1}""", false)]
    public void A_truth_value_matches_itself(string payload, bool expected)
        => AssertMatches(expected, payload, new MatchCondition(A, new MatchBoolean(true)));

    [Theory]
    [InlineData("""{"a":null}""", true, true, true, true)]
    [InlineData("""{"a":[]}""", true, false, true, false)]
    [InlineData("""{}""", true, false, true, false)]
    [InlineData("""{"a":[null]}""", false, false, false, true)]
    [InlineData("""{"a":[1,null]}""", false, false, false, true)]
    [InlineData("""{"a":[[]]}""", false, false, false, false)]
    [InlineData("""{"a":0}""", false, false, false, false)]
    [InlineData("""{"a":""}""", false, false, false, false)]
    [InlineData("""{"a":{}}""", false, false, false, false)]
    public void Empty_and_null_differ_as_documented(
        string payload, bool isEmpty, bool isNull, bool fieldIsEmpty, bool fieldIsNull)
    {
        AssertMatches(isEmpty, payload, new IsEmptyCondition(A));
        AssertMatches(isNull, payload, new IsNullCondition(A));
        AssertMatches(fieldIsEmpty, payload, new FieldIsEmptyCondition(A, Expected: true));
        AssertMatches(!fieldIsEmpty, payload, new FieldIsEmptyCondition(A, Expected: false));
        AssertMatches(fieldIsNull, payload, new FieldIsNullCondition(A, Expected: true));
        AssertMatches(!fieldIsNull, payload, new FieldIsNullCondition(A, Expected: false));
    }

    [Theory]
    [InlineData("""{"a":"x"}""", true, false)]
    [InlineData("""{"a":"z"}""", false, true)]
    [InlineData("""{"a":["x","z"]}""", true, true)]
    [InlineData("""{"a":5}""", false, true)]
    [InlineData("""{"a":{}}""", false, true)]
    [InlineData("""{"a":[["x"]]}""", false, true)]
    [InlineData("""{"a":null}""", false, false)]
    [InlineData("""{"a":[]}""", false, false)]
    [InlineData("""{"a":[null]}""", false, false)]
    [InlineData("""{}""", false, false)]
    public void Any_wants_a_member_and_except_wants_a_value_that_is_none(string payload, bool any, bool except)
    {
        MatchSet set = MatchSet.OfStrings(["y", "x"]);
        AssertMatches(any, payload, new MatchCondition(A, new MatchAny(set)));
        AssertMatches(except, payload, new MatchCondition(A, new MatchExcept(set)));
    }

    [Theory]
    [InlineData("""{"a":2}""", true, false)]
    [InlineData("""{"a":2.0}""", false, true)]
    [InlineData("""{"a":18446744073709551615}""", false, true)]
    [InlineData("""{"a":[1,2]}""", true, true)]
    [InlineData("""{"a":"2"}""", false, true)]
    public void Sets_of_integers_hold_integers_only(string payload, bool any, bool except)
    {
        MatchSet set = MatchSet.OfIntegers([9, 2, -3]);
        AssertMatches(any, payload, new MatchCondition(A, new MatchAny(set)));
        AssertMatches(except, payload, new MatchCondition(A, new MatchExcept(set)));
    }

    [Fact]
    public void The_empty_any_matches_nothing_and_the_empty_except_any_value()
    {
        AssertMatches(false, """{"a":1}""", new MatchCondition(A, new MatchAny(MatchSet.Empty)));
        AssertMatches(true, """{"a":1}""", new MatchCondition(A, new MatchExcept(MatchSet.Empty)));
        AssertMatches(true, """{"a":"x"}""", new MatchCondition(A, new MatchExcept(MatchSet.Empty)));
        AssertMatches(false, """{"a":null}""", new MatchCondition(A, new MatchExcept(MatchSet.Empty)));
        AssertMatches(false, """{}""", new MatchCondition(A, new MatchExcept(MatchSet.Empty)));
    }

    [Theory]
    [InlineData(MatchTextMode.All, "brown fox", true)]
    [InlineData(MatchTextMode.All, "fox brown", false)]
    [InlineData(MatchTextMode.All, "ROW", false)]
    [InlineData(MatchTextMode.All, "", true)]
    [InlineData(MatchTextMode.Phrase, "quick brown", true)]
    [InlineData(MatchTextMode.Phrase, "quick  brown", false)]
    [InlineData(MatchTextMode.AnyWord, "cat row", true)]
    [InlineData(MatchTextMode.AnyWord, "cat dog", false)]
    [InlineData(MatchTextMode.AnyWord, " \t", false)]
    [InlineData(MatchTextMode.Prefix, "the qu", true)]
    [InlineData(MatchTextMode.Prefix, "quick", false)]
    public void Text_is_compared_letter_by_letter(MatchTextMode mode, string text, bool expected)
    {
        AssertMatches(expected, """{"a":"the quick brown fox"}""", new MatchCondition(A, new MatchText(mode, text)));
        AssertMatches(expected, """{"a":[1,"the quick brown fox"]}""", new MatchCondition(A, new MatchText(mode, text)));
        AssertMatches(false, """{"a":7}""", new MatchCondition(A, new MatchText(mode, text)));
    }

    [Theory]
    [InlineData("""{"a":2}""", true)]
    [InlineData("""{"a":1}""", false)]
    [InlineData("""{"a":3}""", true)]
    [InlineData("""{"a":3.5}""", false)]
    [InlineData("""{"a":[0,9,2.5]}""", true)]
    [InlineData("""{"a":"2"}""", false)]
    [InlineData("""{"a":null}""", false)]
    [InlineData("""{}""", false)]
    public void A_range_holds_numbers_of_any_kind(string payload, bool expected)
        => AssertMatches(expected, payload, new RangeCondition(A, new NumberRange(Lt: null, Gt: 1, Lte: 3, Gte: null)));

    [Theory]
    [InlineData("""{"a":"2024-03-01T12:00:00Z"}""", true)]
    [InlineData("""{"a":"2024-03-01T13:30:00+01:30"}""", true)]
    [InlineData("""{"a":"2024-03-01"}""", false)]
    [InlineData("""{"a":["no date","2024-03-01 12:00:00"]}""", true)]
    [InlineData("""{"a":1709294400}""", false)]
    public void A_range_of_moments_holds_texts_that_read_as_moments(string payload, bool expected)
    {
        Assert.True(PayloadDateTime.TryParse("2024-03-01T12:00:00Z"u8, out long noon));
        AssertMatches(expected, payload, new DateTimeRangeCondition(A, new DateTimeRange(null, null, noon, noon)));
    }

    [Theory]
    [InlineData("""{}""", 0)]
    [InlineData("""{"a":null}""", 0)]
    [InlineData("""{"a":[]}""", 0)]
    [InlineData("""{"a":{}}""", 1)]
    [InlineData("""{"a":"xyz"}""", 1)]
    [InlineData("""{"a":[null]}""", 1)]
    [InlineData("""{"a":[1,[2,3]]}""", 2)]
    public void Values_are_counted_also_where_there_are_none(string payload, ulong count)
    {
        AssertMatches(true, payload, new ValuesCountCondition(A, new CountRange(count + 1, null, count, count)));
        AssertMatches(false, payload, new ValuesCountCondition(A, new CountRange(count, null, null, null)));
        AssertMatches(false, payload, new ValuesCountCondition(A, new CountRange(null, count, null, null)));
    }

    [Fact]
    public void A_nested_filter_wants_one_element_that_matches_all_of_it()
    {
        var filter = new Filter
        {
            Must = [new MatchCondition(PayloadPath.Parse("b"), new MatchInteger(1)), new MatchCondition(PayloadPath.Parse("c"), new MatchInteger(2))],
        };
        AssertMatches(true, """{"a":[{"b":1,"c":2}]}""", new NestedCondition(A, filter));
        AssertMatches(true, """{"a":[5,{"b":1},{"b":1,"c":2}]}""", new NestedCondition(PayloadPath.Parse("a[]"), filter));
        AssertMatches(false, """{"a":[{"b":1},{"c":2}]}""", new NestedCondition(A, filter));
        AssertMatches(false, """{"a":{"b":1,"c":2}}""", new NestedCondition(A, filter));
        AssertMatches(true, """{"a":[{}]}""", new NestedCondition(A, Filter.MatchAll));
        AssertMatches(false, """{"a":[]}""", new NestedCondition(A, Filter.MatchAll));
        AssertMatches(false, """{"a":[{}]}""", new NestedCondition(A, new Filter { Must = [new HasIdCondition([Id])] }));
        AssertMatches(false, """{"a":[{}]}""", new NestedCondition(A, new Filter { Must = [new SliceCondition(1, 0)] }));
        AssertMatches(false, """{"a":[{}]}""", new NestedCondition(A, new Filter { Must = [new HasVectorCondition("image")] }));
    }

    [Theory]
    [InlineData("a.b", """{"a":{"b":1}}""", true)]
    [InlineData("a.b", """{"a":[{"b":1}]}""", false)]
    [InlineData("a[].b", """{"a":[{"b":2},{"b":1}]}""", true)]
    [InlineData("a[].b", """{"a":{"b":1}}""", false)]
    [InlineData("a[1].b", """{"a":[{"b":1},{"b":2}]}""", false)]
    [InlineData("a[0].b", """{"a":[{"b":1},{"b":2}]}""", true)]
    [InlineData("a[]", """{"a":[1]}""", true)]
    [InlineData("a[]", """{"a":1}""", false)]
    [InlineData("a[][]", """{"a":[[2],[0,1]]}""", true)]
    [InlineData("\"a.b\"", """{"a.b":1}""", true)]
    [InlineData("\"a.b\"", """{"a":{"b":1}}""", false)]
    public void A_path_enters_arrays_only_where_it_says_so(string path, string payload, bool expected)
        => AssertMatches(expected, payload, new MatchCondition(PayloadPath.Parse(path), new MatchInteger(1)));

    [Fact]
    public void Several_values_at_a_path_are_one_enough_but_for_is_empty_all()
    {
        var path = PayloadPath.Parse("a[].b");
        const string Payload = """{"a":[{"b":null},{"b":1}]}""";
        AssertMatches(false, Payload, new IsEmptyCondition(path));
        AssertMatches(true, Payload, new FieldIsEmptyCondition(path, Expected: true));
        AssertMatches(true, Payload, new FieldIsEmptyCondition(path, Expected: false));
        AssertMatches(true, Payload, new IsNullCondition(path));
        AssertMatches(true, Payload, new ValuesCountCondition(path, new CountRange(1, null, null, null)));
        AssertMatches(true, Payload, new ValuesCountCondition(path, new CountRange(null, 0, null, null)));
    }

    [Fact]
    public void Ids_vectors_and_slices_are_of_the_point()
    {
        AssertMatches(true, "{}", new HasIdCondition([PointId.FromNumber(1), Id]));
        AssertMatches(false, "{}", new HasIdCondition([PointId.FromNumber(1)]));
        AssertMatches(false, "{}", new HasIdCondition([PointId.FromBits(7, isUuid: true)]));
        AssertMatches(false, "{}", new HasIdCondition([]));
        AssertMatches(true, "{}", new HasVectorCondition("image"));
        AssertMatches(false, "{}", new HasVectorCondition(""));
        AssertMatches(true, "{}", new SliceCondition(1, 0));
    }

    [Fact]
    public void Parts_of_a_filter_are_all_wanted_and_empty_parts_want_nothing()
    {
        Condition yes = new HasIdCondition([Id]);
        Condition no = new HasIdCondition([]);
        AssertFilter(true, Filter.MatchAll);
        AssertFilter(true, new Filter { Must = [yes, yes], Should = [no, yes], MustNot = [no, no] });
        AssertFilter(false, new Filter { Must = [yes, no] });
        AssertFilter(false, new Filter { Should = [no, no] });
        AssertFilter(false, new Filter { MustNot = [no, yes] });
        AssertFilter(true, new Filter { MinShould = new MinShould([yes, no, yes], 2) });
        AssertFilter(false, new Filter { MinShould = new MinShould([yes, no, no], 2) });
        AssertFilter(false, new Filter { MinShould = new MinShould([yes], 2) });
        AssertFilter(true, new Filter { MinShould = new MinShould([], 0) });
        AssertFilter(true, new Filter { Must = [new FilterCondition(new Filter { Should = [no, yes] })] });
        AssertFilter(false, new Filter { MustNot = [new FilterCondition(Filter.MatchAll)] });
    }

    [Fact]
    public void Only_filters_over_fields_need_the_payload()
    {
        Assert.False(CompiledFilter.Compile(new Filter { Must = [new HasIdCondition([Id])], MustNot = [new SliceCondition(2, 0)] }).NeedsPayload);
        Assert.True(CompiledFilter.Compile(new Filter { Must = [new FilterCondition(new Filter { Should = [new IsNullCondition(A)] })] }).NeedsPayload);
    }

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        PayloadDocument document = PayloadDocument.Parse("""{"a":["x",1,{"lon":1,"lat":2},"2024-01-01"],"b":{"c":[{"d":1},{"d":2}]}}"""u8);
        var square = new GeoPolygon([new(0, 0), new(5, 0), new(5, 5), new(0, 5), new(0, 0)], []);
        CompiledFilter filter = CompiledFilter.Compile(new Filter
        {
            Must =
            [
                new MatchCondition(A, new MatchAny(MatchSet.OfStrings(["u", "v", "x"]))),
                new MatchCondition(PayloadPath.Parse("b.c[].d"), new MatchInteger(2)),
                new NestedCondition(PayloadPath.Parse("b.c"), new Filter { Must = [new MatchCondition(PayloadPath.Parse("d"), new MatchInteger(2))] }),
                new DateTimeRangeCondition(A, new DateTimeRange(null, 0, null, null)),
                new GeoPolygonCondition(A, square),
                new GeoRadiusCondition(A, new GeoPoint(1, 2), 10),
                new ValuesCountCondition(A, new CountRange(null, 3, null, null)),
                new HasIdCondition([Id]),
                new HasVectorCondition("image"),
            ],
        });
        var vectors = new OneVector();
        Assert.True(filter.Matches(Id, 3, document.View, vectors));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            filter.Matches(Id, 3, document.View, vectors);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static PointId Id => PointId.FromNumber(7);

    private static void AssertMatches(bool expected, string payload, Condition condition)
    {
        PayloadDocument document = PayloadDocument.Parse(Encoding.UTF8.GetBytes(payload));
        var filter = new Filter { Must = [condition] };
        Assert.Equal(expected, CompiledFilter.Compile(filter).Matches(Id, 3, document.View, new OneVector()));
        Filter decoded = FilterCodec.Decode(FilterCodec.Encode(filter));
        Assert.Equal(expected, CompiledFilter.Compile(decoded).Matches(Id, 3, document.View, new OneVector()));
    }

    private static void AssertFilter(bool expected, Filter filter)
        => AssertMatches(expected, "{}", new FilterCondition(filter));

    private sealed class OneVector : IVectorPresence
    {
        public bool HasVector(uint ordinal, string vectorName) => ordinal == 3 && vectorName == "image";
    }
}
