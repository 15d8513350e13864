using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Interception;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Rest;
using OrleansVectors.Faults.Server;
using OrleansVectors.Faults.Workload;

namespace OrleansVectors.Faults.Clocks;

/// <summary>Writes, moves the clock, writes, ends the server in one way or the other, starts it and checks; the monotonic clock stays right.</summary>
internal sealed class ClockRun(Run run, FaultShim shim, ControlPage page)
{
    private const int WritesPerJump = 25;
    private const int Ids = 100;

    /// <summary>A printed start must appear at a time that shows that the server sees the moved clock.</summary>
    private static readonly TimeSpan SeenTolerance = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Offsets =
    [
        TimeSpan.FromDays(1), TimeSpan.FromDays(-1), TimeSpan.FromDays(3653), TimeSpan.Zero, TimeSpan.FromDays(-3653), TimeSpan.FromSeconds(-1), TimeSpan.FromHours(2),
    ];

    private readonly Random _random = new(run.Seed);
    private readonly Writer _writer = new(0, 1, Ids, CollectionKind.All, run.Seed);

    public async Task RunAsync(int jumps)
    {
        string folder = run.DataFolder("data");
        using ServerProcess server = new(run.Program, folder, "--checkpoint-log-bytes", "8192");
        foreach ((string name, string value) in shim.EnvironmentFor(page, folder))
            server.Environment[name] = value;
        await server.StartAsync().ConfigureAwait(false);
        foreach (CollectionKind kind in CollectionKind.All)
            await server.Rest.ResultAsync(kind.Create()).ConfigureAwait(false);
        int starts = 0;
        for (int jump = 1; jump <= jumps; jump++)
        {
            TimeSpan offset = Offsets[(jump - 1) % Offsets.Length];
            string where = $"jump {jump}, clock wrong by {offset}";
            try
            {
                await WriteAsync(server.Rest, where).ConfigureAwait(false);
                page.MoveClock(offset);
                await WriteAsync(server.Rest, where).ConfigureAwait(false);
            }
            catch (ServerGoneException gone)
            {
                run.Report.Violation(where, "a server that lives", $"{gone.Message}\n{server.Output}");
                server.Kill();
                await server.StartAsync().ConfigureAwait(false);
            }

            if (_random.Next(2) == 0)
            {
                await StartAgainAsync(server, offset, where).ConfigureAwait(false);
                starts++;
            }

            await CheckAsync(server.Rest, where).ConfigureAwait(false);
        }

        run.Report.Figure("jumps", $"{jumps}, {starts} with a start after it");
        run.Report.Figure("batches", $"{_writer.Acknowledged} acknowledged, {_writer.Refused} refused");
    }

    private async Task WriteAsync(RestClient rest, string where)
    {
        for (int i = 0; i < WritesPerJump; i++)
        {
            Answer answer = await _writer.WriteAsync(rest).ConfigureAwait(false);
            if (!answer.IsOk)
                run.Report.Violation(where, "a write that is taken", answer.ToString());
        }
    }

    private async Task StartAgainAsync(ServerProcess server, TimeSpan offset, string where)
    {
        if (_random.Next(2) == 0)
            server.Kill();
        else if (await server.StopAsync().ConfigureAwait(false) is not 0 and int code)
            run.Report.Violation(where, "an orderly stop", $"exit code {code}");
        await server.StartAsync().ConfigureAwait(false);

        // Otherwise the shim does not reach the clock and all this proves nothing.
        if (LastPrintedTime(server.Output) is { } printed && (printed - DateTime.UtcNow - offset).Duration() > SeenTolerance)
            run.Report.Violation(where, $"a server that believes it is {DateTime.UtcNow + offset:u}", $"{printed:u}");
    }

    private static DateTime? LastPrintedTime(string output)
        => output.Split('\n').Reverse()
            .Select(line => DateTime.TryParse(line.Split(' ')[0], null, System.Globalization.DateTimeStyles.AdjustToUniversal, out DateTime time) ? time : (DateTime?)null)
            .FirstOrDefault(time => time is not null);

    private async Task CheckAsync(RestClient rest, string where)
    {
        foreach (Model model in _writer.Models)
        {
            Check check = new(rest, [model], where, run.Report);
            await check.ResolveAsync().ConfigureAwait(false);
            await check.AllAsync().ConfigureAwait(false);
            await check.CountAsync().ConfigureAwait(false);
            await new SearchCheck(rest, [model], where, run.Report).RunAsync(10, _random).ConfigureAwait(false);
        }
    }
}
