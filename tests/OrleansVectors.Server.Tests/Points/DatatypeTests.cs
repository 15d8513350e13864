using System.Text;
using System.Text.Json.Nodes;

namespace OrleansVectors.Server.Tests.Points;

public sealed class DatatypeTests(PointsServer server) : IClassFixture<PointsServer>
{
    [Fact]
    public async Task Float16_components_are_rounded_when_they_come_in()
    {
        string path = await server.CreateAsync("""{"size":3,"distance":"Euclid","datatype":"float16"}""");
        await server.OkAsync("PUT", path + "/points?wait=true", """{"points":[{"id":1,"vector":[0.1,1.0001,65504]},{"id":2,"vector":[-0.0,1e-9,2049]}]}""");
        Assert.Equal(
            """[{"id":1,"vector":[0.099975586,1,65504]},{"id":2,"vector":[-0,0,2048]}]""",
            await server.TextAsync("POST", path + "/points", """{"ids":[1,2],"with_payload":false,"with_vector":true}"""));
        JsonNode nearest = (await server.OkAsync("POST", path + "/points/query", """{"query":[0,0,2049],"limit":1}"""))!["points"]![0]!;
        Assert.Equal((2, 1f), ((int)nearest["id"]!, (float)nearest["score"]!));
        (int status, string message) = await server.RefusedAsync("PUT", path + "/points", """{"points":[{"id":1,"vector":[0,0,65505]}]}"""u8.ToArray());
        Assert.Equal((422, true), (status, message.Contains("must be a number from -65504 to 65504", StringComparison.Ordinal)));
        Assert.Equal("float16", (string)(await server.OkAsync("GET", path))!["config"]!["params"]!["vectors"]!["datatype"]!);
    }

    [Fact]
    public async Task Uint8_components_are_integers_of_a_byte()
    {
        string path = await server.CreateAsync("""{"size":2,"distance":"Manhattan","datatype":"uint8"}""");
        await server.OkAsync("PUT", path + "/points?wait=true", """{"points":[{"id":1,"vector":[0,255]},{"id":2,"vector":[17.0,3]}]}""");
        Assert.Equal(
            """[{"id":1,"vector":[0,255]},{"id":2,"vector":[17,3]}]""",
            await server.TextAsync("POST", path + "/points", """{"ids":[1,2],"with_payload":false,"with_vector":true}"""));
        foreach (string wrong in (string[])["256", "-1", "0.5"])
        {
            (int status, string message) = await server.RefusedAsync(
                "PUT", path + "/points", Encoding.UTF8.GetBytes($$"""{"points":[{"id":3,"vector":[1,{{wrong}}]}]}"""));
            Assert.Equal((422, true), (status, message.Contains($"points[0].vector[1]: value {wrong} invalid, must be an integer from 0 to 255", StringComparison.Ordinal)));
        }

        JsonNode nearest = (await server.OkAsync("POST", path + "/points/query", """{"query":[16.5,3],"limit":1}"""))!["points"]![0]!;
        Assert.Equal((2, 0.5f), ((int)nearest["id"]!, (float)nearest["score"]!));
    }

    [Fact]
    public async Task The_largest_vectors_are_created_stored_found_and_listed()
    {
        string path = await server.CreateAsync("""{"size":65536,"distance":"Cosine"}""");
        string vector = "[" + string.Join(',', Enumerable.Range(1, 65_536).Select(i => i % 7)) + "]";
        await server.OkAsync("PUT", path + "/points?wait=true", $$"""{"points":[{"id":1,"vector":{{vector}} }]}""");
        JsonNode nearest = (await server.OkAsync("POST", path + "/points/query", $$"""{"query":{{vector}} }"""))!["points"]![0]!;
        Assert.Equal(1f, (float)nearest["score"]!, 0.001f);
        JsonNode page = (await server.OkAsync("POST", path + "/points/scroll", """{"with_vector":true}"""))!;
        Assert.Equal(65_536, page["points"]![0]!["vector"]!.AsArray().Count);
    }
}
