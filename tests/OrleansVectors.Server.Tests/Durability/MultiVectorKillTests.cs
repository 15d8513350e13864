using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Durability;

public sealed class MultiVectorKillTests
{
    [Fact]
    public async Task Rows_that_were_acknowledged_are_there_after_kills()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(null, "--checkpoint-log-bytes", "20000");
        await server.Http.ResultAsync(
            "PUT", "collections/c", """{"vectors":{"size":3,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}""");
        for (int kill = 0; kill < 3; kill++)
        {
            for (int id = 0; id < 40; id++)
            {
                string rows = string.Join(',', Enumerable.Range(0, 1 + ((id + kill) % 9)).Select(row => $"[{id},{row},{kill}]"));
                await server.Http.ResultAsync("PUT", "collections/c/points?wait=true", $$"""{"points":[{"id":{{id}},"vector":[{{rows}}]}]}""");
            }

            server.Kill();
            await server.StartAgainAsync();
            JsonElement page = await server.Http.ResultAsync("POST", "collections/c/points/scroll", """{"limit":100,"with_vector":true}""");
            JsonElement[] points = [.. page.GetProperty("points").EnumerateArray()];
            Assert.Equal(40, points.Length);
            for (int id = 0; id < 40; id++)
            {
                string rows = string.Join(',', Enumerable.Range(0, 1 + ((id + kill) % 9)).Select(row => $"[{id},{row},{kill}]"));
                Assert.Equal($"[{rows}]", points[id].GetProperty("vector").GetRawText());
            }

            JsonElement nearest = await server.Http.ResultAsync("POST", "collections/c/points/query", """{"query":[[1,0,0]],"limit":1}""");
            Assert.Equal(39, nearest.GetProperty("points")[0].GetProperty("id").GetInt32());
        }
    }
}
