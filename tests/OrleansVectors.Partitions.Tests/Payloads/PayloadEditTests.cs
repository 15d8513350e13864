using System.Text;
using System.Text.Json.Nodes;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Payloads;

public sealed class PayloadEditTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"b":3,"c":4}""", """{"a":1,"b":3,"c":4}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a":{"x":1}}""", """{"b":2,"a":{"x":1}}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":{"y":1}}""", """{"a":{"y":1}}""")]
    [InlineData("""{"a":1,"b":null}""", """{"a":null,"z":null,"c":{"n":null}}""", """{"b":null,"c":{"n":null}}""")]
    [InlineData("""{}""", """{}""", """{}""")]
    public void Merging_replaces_top_level_values_and_null_removes(string payload, string patch, string expected)
        => Assert.Equal(expected, PayloadEdit.Merge(Parse(payload).View, Parse(patch).View).ToString());

    [Theory]
    [InlineData("""{}""", "a.b", """{"a":{"b":{"v":1}}}""")]
    [InlineData("""{"a":{"b":{"v":0,"w":2}}}""", "a.b", """{"a":{"b":{"w":2,"v":1}}}""")]
    [InlineData("""{"a":5}""", "a.b", """{"a":{"b":{"v":1}}}""")]
    [InlineData("""{"a":[{"b":{}},{"c":1},7]}""", "a[].b", """{"a":[{"b":{"v":1}},{"c":1,"b":{"v":1}},{"b":{"v":1}}]}""")]
    [InlineData("""{"a":[{},{}]}""", "a[1]", """{"a":[{},{"v":1}]}""")]
    [InlineData("""{"a":[{}]}""", "a[1]", """{"a":[{}]}""")]
    [InlineData("""{"a":5}""", "a[]", """{"a":[]}""")]
    [InlineData("""{}""", "a[0].b", """{"a":[]}""")]
    [InlineData("""{"a":"x"}""", "a", """{"a":{"v":1}}""")]
    public void Merging_at_a_path_makes_what_is_missing(string payload, string path, string expected)
        => Assert.Equal(
            expected,
            PayloadEdit.MergeAt(Parse(payload).View, PayloadPath.Parse(path), Parse("""{"v":1,"gone":null}""").View).ToString());

    [Theory]
    [InlineData("""{"a":1,"b":2}""", "a", """{"b":2}""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", "a.b", """{"a":{"c":2}}""")]
    [InlineData("""{"a":[{"b":1,"c":2},{"b":3},4]}""", "a[].b", """{"a":[{"c":2},{},4]}""")]
    [InlineData("""{"a":[{"b":1},{"b":3}]}""", "a[1].b", """{"a":[{"b":1},{}]}""")]
    [InlineData("""{"a":[1,2]}""", "a[]", """{"a":[]}""")]
    [InlineData("""{"a":[1,2]}""", "a[0]", """{"a":[1,2]}""")]
    [InlineData("""{"a":[{"b":1}]}""", "a.b", """{"a":[{"b":1}]}""")]
    [InlineData("""{"a":1}""", "x.y", """{"a":1}""")]
    public void Deleting_removes_what_the_path_leads_to(string payload, string path, string expected)
        => Assert.Equal(expected, PayloadEdit.DeleteKeys(Parse(payload).View, [PayloadPath.Parse(path)]).ToString());

    [Fact]
    public void An_edit_cannot_exceed_the_limits()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", PayloadLimits.DepthMax - 1)) + "{}" + new string('}', PayloadLimits.DepthMax - 1);
        PayloadException depth = Assert.Throws<PayloadException>(
            () => PayloadEdit.MergeAt(PayloadView.Empty, PayloadPath.Parse("b"), Parse(deep).View));
        Assert.Equal(nameof(PayloadLimits.DepthMax), depth.Limit);

        PayloadPath longPath = PayloadPath.Parse(string.Join('.', Enumerable.Repeat("a", 1000)));
        Assert.Throws<PayloadException>(() => PayloadEdit.MergeAt(PayloadView.Empty, longPath, PayloadView.Empty));

        string half = new('x', (PayloadLimits.BytesMax / 2) + 100);
        PayloadException size = Assert.Throws<PayloadException>(
            () => PayloadEdit.Merge(Parse($$"""{"a":"{{half}}"}""").View, Parse($$"""{"b":"{{half}}"}""").View));
        Assert.Equal(nameof(PayloadLimits.BytesMax), size.Limit);
    }

    [Fact]
    public void Random_edits_agree_with_a_model_of_nodes()
    {
        const int Seed = 20260802;
        var random = new Random(Seed);
        var json = new RandomJson(random);
        for (int round = 0; round < 5_000; round++)
        {
            JsonObject payload = json.Object(3);
            JsonObject patch = json.Object(2);
            string path = json.Path();
            string context = $"seed {Seed}, round {round}: {payload.ToJsonString()} path {path} patch {patch.ToJsonString()}";
            PayloadDocument document = Parse(payload.ToJsonString());
            Assert.True(JsonNode.DeepEquals(payload, JsonNode.Parse(document.ToString())), context);
            Assert.Equal(document.ToString(), PayloadDocument.FromEncoded(document.EncodedMemory).ToString());

            int kind = random.Next(3);
            PayloadDocument edited = kind switch
            {
                0 => PayloadEdit.Merge(document.View, Parse(patch.ToJsonString()).View),
                1 => PayloadEdit.MergeAt(document.View, PayloadPath.Parse(path), Parse(patch.ToJsonString()).View),
                _ => PayloadEdit.DeleteKeys(document.View, [PayloadPath.Parse(path)]),
            };
            switch (kind)
            {
                case 0:
                    NodeModel.Merge(payload, patch);
                    break;
                case 1:
                    payload = NodeModel.MergeAt(payload, NodeModel.Steps(path), patch).AsObject();
                    break;
                default:
                    NodeModel.Delete(payload, NodeModel.Steps(path));
                    break;
            }

            Assert.True(JsonNode.DeepEquals(payload, JsonNode.Parse(edited.ToString())), $"{context} kind {kind} gave {edited}");
            PayloadDocument.FromEncoded(edited.EncodedMemory);
        }
    }

    private static PayloadDocument Parse(string json) => PayloadDocument.Parse(Encoding.UTF8.GetBytes(json));
}
