using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Schemas;

public sealed class VectorBoundsTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task More_components_than_there_is_address_space_for_are_refused_by_name()
    {
        string names = string.Join(',', Enumerable.Range(0, 5).Select(i => $"\"v{i}\":{{\"size\":65536,\"distance\":\"Dot\"}}"));
        string error = await server.Http.ErrorAsync(422, "PUT", "collections/brick", $"{{\"vectors\":{{{names}}}}}");
        Assert.Contains("vectors: value 327680 components", error, StringComparison.Ordinal);
        Assert.Contains("must be at most 262144", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dot", 422)]
    [InlineData("Euclid", 422)]
    [InlineData("Manhattan", 422)]
    [InlineData("Cosine", 200)]
    public async Task Components_whose_distances_would_leave_the_range_of_floats_are_refused(string distance, int expected)
    {
        string path = $"collections/huge-{distance}";
        await server.Http.ResultAsync("PUT", path, $"{{\"vectors\":{{\"size\":2,\"distance\":\"{distance}\"}}}}");
        string body = """{"points":[{"id":1,"vector":[3e38,-3e38]}]}""";
        (System.Net.HttpStatusCode status, System.Text.Json.JsonElement answer) = await server.Http.CallAsync("PUT", path + "/points?wait=true", body);
        Assert.True(expected == (int)status, answer.ToString());
        if (expected == 422)
        {
            Assert.Contains("points[0].vector[0]: value 3E+38 invalid, must be a number from -1E+16 to 1E+16", answer.ToString(), StringComparison.Ordinal);
        }
    }
}
