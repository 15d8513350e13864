using System.Text;
using OrleansVectors.Api;
using OrleansVectors.Api.Json;

namespace OrleansVectors.Server.Tests.Json;

public sealed class JsonCursorTests
{
    [Fact]
    public void A_body_of_the_right_shape_is_read_in_any_order()
    {
        var cursor = new JsonCursor("""{"skipped":{"a":[1,{"b":2}]},"items":[3,4],"na\u006de":"x"}"""u8);
        var items = new List<int>();
        string? name = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("items"u8))
            {
                cursor.BeginArray();
                while (cursor.NextItem())
                    items.Add(cursor.GetInt32(0, 10));
            }
            else if (cursor.NameIs("name"u8))
            {
                name = cursor.GetString();
            }
            else
            {
                Assert.Equal("skipped", cursor.Name);
                Assert.Equal("""{"a":[1,{"b":2}]}"""u8, cursor.GetRaw());
            }
        }

        cursor.EndDocument();
        Assert.Equal([3, 4], items);
        Assert.Equal("x", name);
    }

    [Theory]
    [InlineData("", "the body is empty")]
    [InlineData("{\"points\":[{\"id\":1},{\"id\":", "points[1].id: ")]
    [InlineData("{\"points\":[{\"id\":1},{\"id\":\"a\"}]}", "points[1].id: expected an integer, found the string \"a\"")]
    [InlineData("{\"points\":[{\"id\":NaN}]}", "points[0].id: 'N' is an invalid start of a value.")]
    [InlineData("{\"points\":3}", "points: expected an array, found the number 3")]
    [InlineData("{\"points\":[],\"x\":1}", "x: unknown field")]
    [InlineData("{\"points\":[],\"points\":[]}", "the next member, `points`, is given twice")]
    [InlineData("{\"points\":[],\"p\\u006fints\":[]}", "the next member, `points`, is given twice")]
    [InlineData("{\"points\":[{\"id\":1.5}]}", "points[0].id: expected an integer, found the number 1.5")]
    [InlineData("{\"points\":[]} {", "invalid after a single JSON value")]
    [InlineData("{\"points\":[{\"id\":-7}]}", "points[0].id: value -7 invalid, must be from 0 to 100")]
    [InlineData("[]", "expected an object, found an array")]
    public void A_refusal_names_the_place_and_what_was_found(string body, string expected)
    {
        var error = Assert.Throws<JsonFormatException>(() => ReadPoints(body));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_outside_its_bound_names_value_and_bound()
    {
        var error = Assert.Throws<JsonValidationException>(() => ReadPoints("{\"points\":[{\"id\":101}]}"));
        Assert.Equal("points[0].id: value 101 invalid, must be from 0 to 100", error.Message);
        error = Assert.Throws<JsonValidationException>(() => ReadPoints("{\"points\":[{\"id\":99999999999999999999}]}"));
        Assert.Equal("points[0].id: value 99999999999999999999 invalid, must be from 0 to 100", error.Message);
    }

    [Fact]
    public void Nesting_deeper_than_the_limit_is_refused_without_a_deep_stack()
    {
        var error = Assert.Throws<JsonFormatException>(() => ReadPoints("{\"x\":" + new string('[', 1_000_000)));
        Assert.Contains($"nested deeper than {ApiLimits.JsonDepthMax} levels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_allowed_nesting_is_read_item_by_item()
    {
        int depth = ApiLimits.JsonDepthMax;
        var cursor = new JsonCursor(Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth)));
        for (int i = 0; i < depth; i++)
        {
            cursor.BeginArray();
            Assert.Equal(i < depth - 1, cursor.NextItem());
        }

        for (int i = 0; i < depth - 1; i++)
            Assert.False(cursor.NextItem());
        cursor.EndDocument();
    }

    [Fact]
    public void Numbers_that_overflow_and_strings_with_half_a_surrogate_pair_are_refused()
    {
        Assert.Throws<JsonFormatException>(() => new JsonCursor("1e39"u8).GetSingle());
        Assert.Throws<JsonFormatException>(() => new JsonCursor("1e999"u8).GetDouble());
        Assert.Throws<JsonFormatException>(() => new JsonCursor("\"\\ud800\""u8).GetString());
    }

    private static void ReadPoints(string body)
    {
        var cursor = new JsonCursor(Encoding.UTF8.GetBytes(body));
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("points"u8))
            {
                cursor.BeginArray();
                while (cursor.NextItem())
                    ReadPoint(ref cursor);
            }
            else if (cursor.Token == System.Text.Json.JsonTokenType.StartArray)
            {
                cursor.Skip();
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        cursor.EndDocument();
    }

    private static void ReadPoint(ref JsonCursor cursor)
    {
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("id"u8))
                cursor.GetInt32(0, 100);
            else
                throw cursor.UnknownMember();
        }
    }
}
