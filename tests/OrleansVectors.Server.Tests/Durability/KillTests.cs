using OrleansVectors.Server.Tests.Hosting;

namespace OrleansVectors.Server.Tests.Durability;

public sealed class KillTests
{
    private const int Kills = 50;
    private const int Writers = 3;

    /// <remarks>
    /// Checkpoints begin after 200 kB of log and the graph after 100 kB of vectors, so kills meet writes, checkpoints and
    /// indexing alike.
    /// </remarks>
    [Fact]
    public async Task Fifty_kills_during_writes_lose_nothing_that_was_acknowledged_and_leave_no_half_batch()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        await using ServerProcess server = await ServerProcess.StartAsync(null, "--checkpoint-log-bytes", "200000");
        await server.Http.ResultAsync(
            "PUT", "collections/c", """{"vectors":{"size":16,"distance":"Euclid"},"optimizers_config":{"indexing_threshold":100},"hnsw_config":{"full_scan_threshold":10}}""");
        AcknowledgedWrites[] writers = [.. Enumerable.Range(0, Writers).Select(writer => new AcknowledgedWrites("c", writer, seed + writer))];
        for (int kill = 1; kill <= Kills; kill++)
        {
            Task writing = Task.WhenAll(writers.Select(writer => writer.WriteUntilKilledAsync(server.Http)));
            await Task.Delay(random.Next(20, 500));
            server.Kill();
            await writing;
            await server.StartAgainAsync();
            foreach (AcknowledgedWrites writer in writers)
            {
                await writer.CheckAsync(server.Http, $"seed {seed}, kill {kill}");
            }
        }

        int acknowledged = writers.Sum(writer => writer.Acknowledged);
        TestContext.Current.SendDiagnosticMessage($"{Kills} kills, {acknowledged} acknowledged batches, none lost");
        Assert.True(acknowledged > Kills, $"only {acknowledged} batches were acknowledged between {Kills} kills");
    }
}
