using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Rest;
using OrleansVectors.Faults.Server;
using OrleansVectors.Faults.Workload;

namespace OrleansVectors.Faults.Kills;

/// <summary>One server over one folder, killed round after round.</summary>
internal sealed class KillLane
{
    private const int LaneSeeds = 1_000_003;
    private const int SampledPoints = 24;
    private const int SearchedPoints = 6;

    /// <summary>Every so many rounds all points are compared, and far more searched.</summary>
    private const int ThoroughEvery = 50;
    private const int SearchedPointsThorough = 100;

    /// <summary>Share of the rounds whose points are searched as well: the first search of a process costs as much as its start.</summary>
    private const double SearchShare = 0.25;

    /// <summary>Share of the starts that are killed first, at any moment of a start.</summary>
    private const double KillAtStartShare = 0.25;

    private readonly Run _run;
    private readonly int _lane;
    private readonly KillFigures _figures;
    private readonly Random _random;
    private readonly Writer[] _writers;
    private TimeSpan _start = TimeSpan.FromMilliseconds(300);

    public KillLane(Run run, int lane, int writers, int ids, KillFigures figures)
    {
        _run = run;
        _lane = lane;
        _figures = figures;
        int seed = unchecked(run.Seed + (lane * LaneSeeds)) & int.MaxValue;
        _random = new Random(seed);
        _writers = [.. Enumerable.Range(0, writers).Select(number => new Writer(number, writers, ids, CollectionKind.All, seed + 1 + number))];
    }

    public async Task RunAsync(KillRounds rounds)
    {
        // Checkpoints after 16 kB of log: a few in each round.
        using ServerProcess server = new(_run.Program, _run.DataFolder($"lane-{_lane}"), "--checkpoint-log-bytes", "16384", "--indexing-threads", "1");
        await server.StartAsync().ConfigureAwait(false);
        foreach (CollectionKind kind in CollectionKind.All)
            await server.Rest.ResultAsync(kind.Create()).ConfigureAwait(false);
        bool isThorough = false;
        for (int round = 1; rounds.TryTake(); round++)
        {
            string where = $"lane {_lane}, round {round}";
            await WriteAndKillAsync(server, where).ConfigureAwait(false);
            await StartAsync(server).ConfigureAwait(false);
            isThorough = round % ThoroughEvery == 0;
            await CheckAsync(server.Rest, isThorough, where).ConfigureAwait(false);
        }

        if (!isThorough)
            await CheckAsync(server.Rest, isThorough: true, $"lane {_lane}, at the end").ConfigureAwait(false);
    }

    private async Task WriteAndKillAsync(ServerProcess server, string where)
    {
        int before = _writers.Sum(writer => writer.Acknowledged);
        KillMoment moment = new(_random);
        Task writing = Task.WhenAll(_writers.Select(writer
            => Task.Run(() => writer.WriteUntilGoneAsync(server.Rest, moment.Sending, where, _run.Report))));
        await moment.ComeAsync().ConfigureAwait(false);
        server.Kill();
        _figures.Killed();
        await writing.ConfigureAwait(false);
        _figures.Wrote(_writers.Sum(writer => writer.Acknowledged) - before, _writers.Sum(writer => writer.Models.Sum(model => model.Doubtful.Count)));
    }

    private async Task StartAsync(ServerProcess server)
    {
        while (_random.NextDouble() < KillAtStartShare)
        {
            await server.StartAndKillAsync(_start * _random.NextDouble()).ConfigureAwait(false);
            _figures.KilledAtStart();
        }

        _start = await server.StartAsync().ConfigureAwait(false);
        _figures.Starts.Add(_start);
    }

    private async Task CheckAsync(RestClient rest, bool isThorough, string where)
    {
        bool isSearched = isThorough || _random.NextDouble() < SearchShare;
        for (int number = 0; number < CollectionKind.All.Count; number++)
        {
            Model[] models = [.. _writers.Select(writer => writer.Models[number])];
            Check check = new(rest, models, where, _run.Report);
            await check.ResolveAsync().ConfigureAwait(false);
            _figures.Compared(isThorough
                ? await check.AllAsync().ConfigureAwait(false)
                : await check.SomeAsync(SampledPoints, _random).ConfigureAwait(false));
            await check.CountAsync().ConfigureAwait(false);
            if (isSearched)
            {
                (int missed, int searched) = await new SearchCheck(rest, models, where, _run.Report)
                    .RunAsync(isThorough ? SearchedPointsThorough : SearchedPoints, _random).ConfigureAwait(false);
                _figures.Searched(missed, searched);
            }

            foreach (Model model in models)
                model.MarkChecked();
        }
    }
}
