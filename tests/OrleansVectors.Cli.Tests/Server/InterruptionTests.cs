using System.Diagnostics;
using System.Text.Json;
using OrleansVectors.Cli.Tests.CommandLine;
using OrleansVectors.Cli.Tests.VectorFiles;

namespace OrleansVectors.Cli.Tests.Server;

/// <summary>Imports to which something happens: Ctrl-C, a killed client, a killed server.</summary>
public sealed class InterruptionTests : IAsyncLifetime
{
    private const int Rows = 20_000;

    private readonly ServerProcess _server = new();
    private readonly TemporaryFolder _folder = new();
    private readonly float[][] _rows = VectorBytes.Rows(Rows, dim: 8);
    private string _file = "";

    private string[] Import => ["import", "-c", "c", "--metric", "euclid", "--batch-size", "10", "--state", _folder.File("state"), "--url", _server.Url, _file];

    public async ValueTask InitializeAsync()
    {
        _file = _folder.Write("a.bvecs.gz", VectorBytes.Bvecs(_rows), compress: true);
        await _server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_an_interruption_the_same_command_continues_and_nothing_is_missing()
    {
        using CancellationTokenSource interrupting = new();
        Task<Invocation> running = Invocation.RunAsync(interrupting.Token, Import);
        await JournalAppearsAsync();
        await interrupting.CancelAsync();
        Assert.Equal(130, (await running).ExitCode);

        Invocation rest = await Invocation.RunAsync(TestContext.Current.CancellationToken, Import);

        Assert.Equal(0, rest.ExitCode);
        Assert.Contains("continuing after row", rest.Error, StringComparison.Ordinal);
        await EverythingIsThereAsync();
    }

    [Fact]
    public async Task After_the_client_was_killed_the_same_command_continues_and_nothing_is_missing()
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ov.dll"));
        Array.ForEach(Import, start.ArgumentList.Add);
        using (Process client = Process.Start(start)!)
        {
            await JournalAppearsAsync();
            client.Kill();
            await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Invocation rest = await Invocation.RunAsync(TestContext.Current.CancellationToken, Import);

        Assert.Equal(0, rest.ExitCode);
        Assert.Contains("continuing after row", rest.Error, StringComparison.Ordinal);
        await EverythingIsThereAsync();
    }

    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_does_not_end_an_import()
    {
        Task<Invocation> running = Invocation.RunAsync(TestContext.Current.CancellationToken, Import);
        await JournalAppearsAsync();
        _server.Kill();
        await _server.StartAsync();

        Invocation run = await running;

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("retrying", run.Error, StringComparison.Ordinal);
        await EverythingIsThereAsync();
    }

    /// <summary>Some rows are confirmed and many are not.</summary>
    private async Task JournalAppearsAsync()
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!Directory.Exists(_folder.File("state")) || Directory.GetFiles(_folder.File("state"), "*.json").Length == 0)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "no journal was written within a minute");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private async Task EverythingIsThereAsync()
    {
        string[] lines = (await _server.RunAsync("export", "-c", "c")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Rows, lines.Length);
        for (int i = 0; i < Rows; i++)
        {
            using JsonDocument point = JsonDocument.Parse(lines[i]);
            Assert.Equal(i, point.RootElement.GetProperty("id").GetInt32());
            Assert.Equal(_rows[i], point.RootElement.GetProperty("vector").EnumerateArray().Select(value => value.GetSingle()));
        }
    }
}
