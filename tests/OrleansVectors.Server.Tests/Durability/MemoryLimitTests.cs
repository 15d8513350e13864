using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Durability;

public sealed class MemoryLimitTests
{
    private const long LimitBytes = 200L << 20;

    /// <summary>What may come on top: bodies and operations on their way, and what the collector has not given back yet.</summary>
    private const long SlackBytes = 150L << 20;

    private const int Dim = 4096;
    private const int Batch = 64;
    private const long VectorBytes = Dim * sizeof(float);

    [Fact]
    public async Task A_full_server_answers_507_lives_reads_deletes_and_then_writes_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        await using ServerProcess server = await StartAsync("""{"size":4096,"distance":"Euclid"}""");
        int stored = 0;
        string refusal = "";
        long most = 0;
        while (refusal.Length == 0)
        {
            Assert.True(stored * VectorBytes < LimitBytes, "more was stored than the limit allows");
            (HttpStatusCode status, JsonElement body) = await StoreAsync(server, stored);
            most = Math.Max(most, AnonymousBytes(server));
            if (status == HttpStatusCode.OK)
            {
                stored += Batch;
                continue;
            }

            Assert.True(status == HttpStatusCode.InsufficientStorage, $"{status}: {body}");
            refusal = body.GetProperty("status").GetProperty("error").GetString()!;
        }

        Assert.Contains("memory-bytes", refusal, StringComparison.Ordinal);
        Assert.True(most < LimitBytes + SlackBytes, $"{most >> 20} MiB of {LimitBytes >> 20}");
        await CheckAsync(server, stored);

        await server.Http.ResultAsync("POST", "collections/c/points/delete?wait=true", """{"filter":{}}""");
        Assert.Equal(0, (await server.Http.ResultAsync("POST", "collections/c/points/count", "{}")).GetProperty("count").GetInt32());
        for (long started = Environment.TickCount64; (await StoreAsync(server, 0)).Status != HttpStatusCode.OK; await Task.Delay(100))
        {
            Assert.True(Environment.TickCount64 - started < 60_000, $"writes are refused still; {AnonymousBytes(server) >> 20} MiB are held\n{server.Output}");
        }

        await CheckAsync(server, Batch);
    }

    [Fact]
    public async Task Vectors_on_disk_may_be_more_than_the_memory_there_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "vectors lie on disk on Linux alone");
        await using ServerProcess server = await StartAsync("""{"size":4096,"distance":"Euclid","on_disk":true}""");
        int stored = 0;
        long most = 0;
        for (; stored * VectorBytes < LimitBytes * 5 / 4; stored += Batch)
        {
            (HttpStatusCode status, JsonElement body) = await StoreAsync(server, stored);
            Assert.True(status == HttpStatusCode.OK, $"{status}: {body}");
            most = Math.Max(most, AnonymousBytes(server));
        }

        Assert.True(most < LimitBytes, $"{most >> 20} MiB are held for {stored * VectorBytes >> 20} MiB of vectors");
        TestContext.Current.SendDiagnosticMessage($"{most >> 20} MiB are held for {stored * VectorBytes >> 20} MiB of vectors");
        await CheckAsync(server, stored);
        server.Kill();
        await server.StartAgainAsync();
        await CheckAsync(server, stored);
    }

    private static async Task<ServerProcess> StartAsync(string vectors)
    {
        ServerProcess server = await ServerProcess.StartAsync(
            null, "--memory-bytes", LimitBytes.ToString(CultureInfo.InvariantCulture), "--durability", "os");
        await server.Http.ResultAsync("PUT", "collections/c", $$$"""{"vectors":{{{vectors}}},"hnsw_config":{"m":0}}""");
        return server;
    }

    private static Task<(HttpStatusCode Status, JsonElement Body)> StoreAsync(ServerProcess server, int from)
    {
        StringBuilder body = new("{\"points\":[");
        for (int id = from; id < from + Batch; id++)
        {
            body.Append(CultureInfo.InvariantCulture, $"{(id > from ? "," : "")}{{\"id\":{id},\"vector\":");
            AppendVector(body, id);
            body.Append('}');
        }

        return server.Http.CallAsync("PUT", "collections/c/points?wait=true", body.Append("]}").ToString());
    }

    private static void AppendVector(StringBuilder body, int id)
    {
        body.Append(CultureInfo.InvariantCulture, $"[{id}");
        body.Insert(body.Length, ",1", Dim - 1);
        body.Append(']');
    }

    private static async Task CheckAsync(ServerProcess server, int stored)
    {
        Assert.Equal(stored, (await server.Http.ResultAsync("POST", "collections/c/points/count", """{"exact":true}""")).GetProperty("count").GetInt32());
        foreach (int id in new[] { 0, stored / 3, stored - 1 })
        {
            StringBuilder body = new("{\"limit\":1,\"with_vector\":true,\"params\":{\"exact\":true},\"vector\":");
            AppendVector(body, id);
            JsonElement hits = await server.Http.ResultAsync("POST", "collections/c/points/search", body.Append('}').ToString());
            Assert.Equal(id, hits[0].GetProperty("id").GetInt32());
            Assert.Equal(id, hits[0].GetProperty("vector")[0].GetDouble());
        }
    }

    private static long AnonymousBytes(ServerProcess server)
    {
        string line = File.ReadLines($"/proc/{server.Id}/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
