using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Errors;

public sealed class DamagedCollectionTests
{
    [Fact]
    public async Task A_damaged_collection_is_red_and_the_others_work()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        foreach (string name in (string[])["bad", "good"])
        {
            await server.Http.ResultAsync("PUT", $"collections/{name}", """{"vectors":{"size":2,"distance":"Dot"}}""");
            await server.Http.ResultAsync("PUT", $"collections/{name}/points?wait=true", """{"points":[{"id":1,"vector":[1,2]}]}""");
            if (name == "bad")
            {
                await server.Http.ResultAsync(
                    "POST", "collections/aliases", """{"actions":[{"create_alias":{"collection_name":"bad","alias_name":"other"}}]}""");
            }
        }

        await server.StopAsync();
        Damage(Directory.EnumerateDirectories(Path.Combine(server.DataFolder, "collections")).Order(StringComparer.Ordinal).First());
        await server.StartAgainAsync();

        JsonElement list = (await server.Http.ResultAsync("GET", "collections")).GetProperty("collections");
        Assert.Equal(["bad", "good"], list.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        JsonElement info = await server.Http.ResultAsync("GET", "collections/bad");
        Assert.Equal("red", info.GetProperty("status").GetString());
        Assert.NotEmpty(info.GetProperty("optimizer_status").GetProperty("error").GetString()!);
        Assert.Equal(2, info.GetProperty("config").GetProperty("params").GetProperty("vectors").GetProperty("size").GetInt32());
        foreach (string name in (string[])["bad", "other"])
        {
            string error = await server.Http.ErrorAsync(503, "POST", $"collections/{name}/points/query", """{"query":[1,1]}""");
            Assert.StartsWith("Service unavailable: Collection `bad` could not be opened: ", error, StringComparison.Ordinal);
        }

        Assert.Contains("already exists", await server.Http.ErrorAsync(409, "PUT", "collections/bad", "{}"), StringComparison.Ordinal);
        Assert.Contains("collections_unavailable 1", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
        Assert.Equal(1, (await server.Http.ResultAsync("POST", "collections/good/points/query", """{"query":[1,1]}""")).GetProperty("points").GetArrayLength());

        Assert.True((await server.Http.ResultAsync("DELETE", "collections/bad")).GetBoolean());
        await server.Http.ResultAsync("PUT", "collections/bad", "{}");
        Assert.Equal("green", (await server.Http.ResultAsync("GET", "collections/bad")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_collection_whose_document_cannot_be_read_keeps_its_files()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await server.Http.ResultAsync("PUT", "collections/lost", """{"vectors":{"size":2,"distance":"Dot"}}""");
        await server.StopAsync();
        string document = Directory.EnumerateFiles(Path.Combine(server.DataFolder, "control"), "collection-*").Single();
        byte[] sound = await File.ReadAllBytesAsync(document);
        byte[] damaged = [.. sound];
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(document, damaged);
        await server.StartAgainAsync();
        string name = (await server.Http.ResultAsync("GET", "collections")).GetProperty("collections")[0].GetProperty("name").GetString()!;
        Assert.StartsWith("unreadable-", name, StringComparison.Ordinal);
        Assert.Contains("is damaged at byte", await server.Http.ErrorAsync(503, "GET", $"collections/{name}"), StringComparison.Ordinal);
        await server.Http.ErrorAsync(503, "DELETE", $"collections/{name}");

        await server.StopAsync();
        await File.WriteAllBytesAsync(document, sound);
        await server.StartAgainAsync();
        Assert.Equal("green", (await server.Http.ResultAsync("GET", "collections/lost")).GetProperty("status").GetString());
    }

    private static void Damage(string collection)
    {
        foreach (string segment in Directory.EnumerateFiles(Path.Combine(collection, "partition-0", "segments"), "*", SearchOption.AllDirectories))
        {
            File.WriteAllBytes(segment, new byte[64]);
        }
    }
}
