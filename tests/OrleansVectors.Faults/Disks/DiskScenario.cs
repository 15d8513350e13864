using System.Diagnostics;
using System.Text.Json;
using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Interception;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Rest;
using OrleansVectors.Faults.Server;
using OrleansVectors.Faults.Workload;

namespace OrleansVectors.Faults.Disks;

/// <summary>
/// A short workload with one fault of the disk somewhere in it: create collections, write through several checkpoints, stop,
/// start, write again. Then the fault ends, and the server must take writes again without a restart; then it is killed, and all
/// that was acknowledged must be there.
/// </summary>
internal sealed class DiskScenario : IDisposable
{
    private const int Writes = 30;
    private const int WritesAfter = 6;
    private const int Ids = 400;
    private const int SampledPoints = 40;

    /// <summary>Writes that are tried after the first refusal while a lasting fault lasts.</summary>
    private const int WritesWhileFailing = 6;

    private const int CrashExitCodes = 128;
    private static readonly TimeSpan HealingMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SlowCall = TimeSpan.FromMilliseconds(10);
    private static readonly CollectionKind[] Kinds = [CollectionKind.Plain, CollectionKind.Churned];

    private readonly Run _run;
    private readonly ControlPage _page;
    private readonly DiskCase _case;
    private readonly DiskFigures _figures;
    private readonly ServerProcess _server;
    private readonly Writer _writer;
    private readonly HashSet<CollectionKind> _created = [];
    private readonly Random _random;

    // A wrong status is reported once, however often it is answered.
    private readonly HashSet<(string What, int Status)> _wrongStatuses = [];
    private int _refusals;

    public DiskScenario(Run run, FaultShim shim, ControlPage page, DiskCase fault, string folder, DiskFigures figures)
    {
        _run = run;
        _page = page;
        _case = fault;
        _figures = figures;
        _random = new Random(run.Seed);
        _writer = new Writer(0, 1, Ids, Kinds, run.Seed);
        _server = new ServerProcess(run.Program, folder, "--checkpoint-log-bytes", "4096", "--indexing-threads", "1");
        foreach ((string name, string value) in shim.EnvironmentFor(page, folder))
            _server.Environment[name] = value;
    }

    private string Where => $"{_case} ({(_page.FirstFailed.Length > 0 ? _page.FirstFailed : "not reached")})";

    public async Task RunAsync()
    {
        _page.Delay(_case.Fault == DiskFault.Slow ? SlowCall : TimeSpan.Zero);
        _page.Fail(_case.Call, _case.IsLasting ? ControlPage.UntilSwitchedOff : _case.Call, (int)_case.Fault, _case.IsShort);
        try
        {
            await StartAsync().ConfigureAwait(false);
            await WriteAllAsync(Writes).ConfigureAwait(false);
            await StopAsync().ConfigureAwait(false);
            await StartAsync().ConfigureAwait(false);
            await WriteAllAsync(Writes / 2).ConfigureAwait(false);
            _page.SwitchOff();
            await HealAsync().ConfigureAwait(false);
        }
        catch (ServerGoneException gone)
        {
            Violated("a server that lives", $"{gone.Message}\n{_server.Output}");
        }
        catch (NoAnswerException silent)
        {
            Violated("an answer", silent.Message);
        }

        _page.SwitchOff();
        _server.Kill();
        await CheckAfterKillAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    /// <summary>Starts the server. While the disk fails it may refuse to, in a line that says why.</summary>
    private async Task StartAsync()
    {
        try
        {
            await _server.StartAsync().ConfigureAwait(false);
        }
        catch (ServerStartException refused)
        {
            bool isClear = refused.ExitCode == 1 && _server.Output.Contains("orleansvectors: cannot", StringComparison.Ordinal);
            if (_page.Failed == 0 || !isClear)
                Violated("a start, or a refusal in one line", refused.Message);
            _page.SwitchOff();
            _server.Kill();
            await _server.StartAsync().ConfigureAwait(false);
        }
    }

    private async Task StopAsync()
    {
        try
        {
            int code = await _server.StopAsync().ConfigureAwait(false);
            if (code >= CrashExitCodes)
                Violated("an orderly stop", $"exit code {code}\n{_server.Output}");
        }
        catch (ServerStartException endless)
        {
            Violated("a stop", endless.Message);
        }
    }

    private async Task WriteAllAsync(int writes)
    {
        int refusalsBefore = _refusals;
        for (int i = 0; i < writes; i++)
        {
            foreach (CollectionKind kind in Kinds)
                await StepAsync(kind).ConfigureAwait(false);
            if (_refusals - refusalsBefore > WritesWhileFailing)
                return;
        }
    }

    /// <summary>Makes the collection if it is not there yet, else writes to it.</summary>
    /// <returns>Whether that was done.</returns>
    private async Task<bool> StepAsync(CollectionKind kind)
    {
        Model model = _writer.Models[Array.IndexOf(Kinds, kind)];
        bool isNew = !_created.Contains(kind);
        Answer answer = isNew
            ? await _server.Rest.CallAsync(kind.Create()).ConfigureAwait(false)
            : await _writer.WriteAsync(_server.Rest, model).ConfigureAwait(false);

        // A creation that was refused may have been done all the same.
        if (isNew && (answer.IsOk || answer.Status == 409))
        {
            _created.Add(kind);
            return true;
        }

        if (answer.IsOk)
            return true;
        _refusals++;
        _figures.Refused();
        CheckRefusal(answer, isNew ? "a creation" : "a write");
        await CheckReadsAsync(kind, model).ConfigureAwait(false);
        return false;
    }

    private void CheckRefusal(Answer answer, string what)
    {
        if (_page.Failed == 0)
            Violated($"{what} that is done", answer.ToString());
        else if (answer.Status == 503 && _case.Fault == DiskFault.Full)
            _figures.Unclear();
        else if (answer.Status != (_case.Fault == DiskFault.Full ? 507 : 503) && _wrongStatuses.Add((what, answer.Status)))
            Violated($"{what} refused with {(_case.Fault == DiskFault.Full ? 507 : 503)}", answer.ToString());
    }

    private async Task CheckReadsAsync(CollectionKind kind, Model model)
    {
        if (!_created.Contains(kind))
            return;
        await new Check(_server.Rest, [model], $"{Where}, reading after a refusal", _run.Report).SomeAsync(SampledPoints, _random).ConfigureAwait(false);
    }

    /// <summary>The disk is well again: within seconds every collection must take writes.</summary>
    private async Task HealAsync()
    {
        long began = Stopwatch.GetTimestamp();
        foreach (CollectionKind kind in Kinds)
        {
            while (!(await ProbeAsync(kind).ConfigureAwait(false)).IsOk)
            {
                if (Stopwatch.GetElapsedTime(began) > HealingMax)
                {
                    Answer last = await ProbeAsync(kind).ConfigureAwait(false);
                    Violated($"writes to {kind.Name} that are taken {HealingMax.TotalSeconds} s after the end of the fault", last.ToString());
                    return;
                }

                await Task.Delay(100).ConfigureAwait(false);
            }
        }

        if (_page.Failed > 0)
            _figures.Healing.Add(Stopwatch.GetElapsedTime(began));
        for (int i = 0; i < WritesAfter; i++)
        {
            foreach (CollectionKind kind in Kinds)
            {
                Answer answer = await _writer.WriteAsync(_server.Rest, _writer.Models[Array.IndexOf(Kinds, kind)]).ConfigureAwait(false);
                if (!answer.IsOk)
                    Violated($"writes to {kind.Name} that are taken after it had recovered", answer.ToString());
            }
        }
    }

    /// <summary>Makes the collection if it is not there yet, else a write that changes nothing.</summary>
    private async Task<Answer> ProbeAsync(CollectionKind kind)
    {
        if (!_created.Contains(kind))
        {
            Answer answer = await _server.Rest.CallAsync(kind.Create()).ConfigureAwait(false);
            if (!answer.IsOk && answer.Status != 409)
                return answer;
            _created.Add(kind);
        }

        Request nothing = new("POST", $"collections/{kind.Name}/points/delete?wait=true", """{"points":[999999]}""");
        return await _server.Rest.CallAsync(nothing).ConfigureAwait(false);
    }

    private async Task CheckAfterKillAsync()
    {
        await _server.StartAsync().ConfigureAwait(false);
        JsonElement names = await _server.Rest.ResultAsync(new Request("GET", "collections")).ConfigureAwait(false);
        HashSet<string> there = [.. names.GetProperty("collections").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];
        foreach ((CollectionKind kind, Model model) in Kinds.Zip(_writer.Models))
        {
            if (!there.Contains(kind.Name))
            {
                if (_created.Contains(kind))
                    Violated($"collection {kind.Name} after a kill", "no such collection");
                continue;
            }

            Check check = new(_server.Rest, [model], $"{Where}, after a kill", _run.Report);
            await check.ResolveAsync().ConfigureAwait(false);
            await check.AllAsync().ConfigureAwait(false);
            await check.CountAsync().ConfigureAwait(false);
        }
    }

    private void Violated(string expected, string found) => _run.Report.Violation(Where, expected, found);
}
