using System.Diagnostics;
using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Server;

namespace OrleansVectors.Faults.Histories;

/// <summary>Clients, kills, and the verdict at the end.</summary>
internal sealed class HistoryRun
{
    private const int GroupPoints = 4;

    private readonly Run _run;
    private readonly Register[] _registers;
    private readonly Recording[] _recordings;
    private readonly int _clients;
    private readonly Random _random;
    private readonly Durations _starts = new();

    public HistoryRun(Run run, int clients, int registers)
    {
        _run = run;
        _clients = clients;
        _random = new Random(run.Seed);
        long started = Stopwatch.GetTimestamp();
        IEnumerable<Register> single = Enumerable.Range(0, registers).Select(i => new Register(CollectionKind.Plain, [(ulong)i]));
        IEnumerable<Register> groups = Enumerable.Range(0, registers)
            .Select(i => new Register(CollectionKind.Plain, [.. Enumerable.Range(0, GroupPoints).Select(point => (ulong)(1000 + (i * GroupPoints) + point))]));
        _registers = [.. single, .. groups];
        _recordings = [.. _registers.Select(_ => new Recording(started))];
    }

    public async Task RunAsync(TimeSpan time, int kills)
    {
        using ServerProcess server = new(_run.Program, _run.DataFolder("data"), "--checkpoint-log-bytes", "32768");
        ServerLives lives = new(server);
        await lives.StartAsync(Now).ConfigureAwait(false);
        await server.Rest.ResultAsync(CollectionKind.Plain.Create()).ConfigureAwait(false);
        UniqueValues values = new();
        HistoryClient[] clients =
        [
            .. Enumerable.Range(0, _clients).Select(number => new HistoryClient(
                number, _registers, _recordings, lives, values, new Random(_random.Next()), _run.Report)),
        ];
        using CancellationTokenSource stop = new();
        Task running = Task.WhenAll(clients.Select(client => Task.Run(() => client.RunAsync(stop.Token))));
        await KillAsync(lives, time, kills, running).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);

        // What was acknowledged last must be there as well.
        lives.Kill();
        await lives.StartAsync(Now).ConfigureAwait(false);
        await clients[0].ReadAllAsync().ConfigureAwait(false);
        Judge(lives.ReadyTimes);
        _run.Report.Figure("operations", $"{clients.Sum(client => client.Count.Answered)} answered, {clients.Sum(client => client.Count.Unanswered)} not, by {_clients} clients");
        _run.Report.Figure("kills", $"{lives.ReadyTimes.Count - 1}");
        _run.Report.Figure("restart", _starts.ToString());
    }

    private long Now() => _recordings[0].Now;

    private async Task KillAsync(ServerLives lives, TimeSpan time, int kills, Task running)
    {
        // A random moment in each of as many equal parts of the time.
        TimeSpan part = time / (kills + 1);
        long began = Stopwatch.GetTimestamp();
        for (int kill = 0; kill < kills; kill++)
        {
            TimeSpan moment = part * (kill + 0.2 + (_random.NextDouble() * 0.8));
            await WaitUntilAsync(began, moment, running).ConfigureAwait(false);
            lives.Kill();
            _starts.Add(await lives.StartAsync(Now).ConfigureAwait(false));
        }

        await WaitUntilAsync(began, time, running).ConfigureAwait(false);
    }

    private static async Task WaitUntilAsync(long began, TimeSpan moment, Task running)
    {
        TimeSpan left = moment - Stopwatch.GetElapsedTime(began);
        if (left > TimeSpan.Zero && await Task.WhenAny(running, Task.Delay(left)).ConfigureAwait(false) == running)
            await running.ConfigureAwait(false);
    }

    private void Judge(IReadOnlyList<long> readyTimes)
    {
        int undecided = 0;
        int longest = 0;
        for (int i = 0; i < _registers.Length; i++)
        {
            IReadOnlyList<Operation> history = _recordings[i].Complete(readyTimes);
            longest = Math.Max(longest, history.Count);
            LinearizationVerdict verdict = Linearization.Judge(history);
            if (verdict.Outcome == Outcome.Violated)
                _run.Report.Violation($"register of points {CollectionKind.Join(_registers[i].Ids)}", "a history that one order explains", verdict.Reason);
            undecided += verdict.Outcome == Outcome.Undecided ? 1 : 0;
        }

        _run.Report.Figure("registers", $"{_registers.Length}, up to {longest} operations each, {undecided} undecided");
    }
}
