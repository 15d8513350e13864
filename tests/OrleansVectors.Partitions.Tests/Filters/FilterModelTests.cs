using System.Text;
using System.Text.Json.Nodes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Tests.Payloads;

namespace OrleansVectors.Partitions.Tests.Filters;

public sealed class FilterModelTests
{
    [Fact]
    public void Random_filters_over_random_payloads_agree_with_the_naive_evaluation()
    {
        const int Seed = 20260805;
        var random = new Random(Seed);
        var json = new RandomJson(random);
        int matched = 0;
        const int Rounds = 15_000;
        for (int round = 0; round < Rounds; round++)
        {
            string text = json.Object(4).ToJsonString();
            Filter filter = RandomFilters.Next(random, json, depth: 3);
            PointId id = PointId.FromNumber((ulong)random.Next(4));
            bool expected = NaiveFilter.Matches(filter, id, JsonNode.Parse(text));

            byte[] encoded = FilterCodec.Encode(filter);
            PayloadDocument payload = PayloadDocument.Parse(Encoding.UTF8.GetBytes(text));
            CompiledFilter compiled = CompiledFilter.Compile(FilterCodec.Decode(encoded));
            bool actual = compiled.Matches(id, 0, payload.View, NoVectors.Instance);

            Assert.True(
                expected == actual,
                $"seed {Seed}, round {round}: expected {expected}, payload {text}, filter {Convert.ToHexString(encoded)}");
            if (!compiled.NeedsPayload)
            {
                Assert.Equal(actual, compiled.Matches(id, 0, PayloadView.Empty, NoVectors.Instance));
            }

            matched += actual ? 1 : 0;
        }

        Assert.InRange(matched, Rounds / 10, Rounds * 9 / 10);
    }
}
