using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Server;

namespace OrleansVectors.Faults.Damage;

/// <summary>Prepares the folder once, then damages copies of it.</summary>
internal sealed class BytesRun(Run run)
{
    /// <summary>Every so many rounds the file of the lock, or that of the aliases, is damaged as well.</summary>
    private const int CommonFileEvery = 4;

    private readonly Random _random = new(run.Seed);
    private readonly Dictionary<(FileKind, VictimState), int> _outcomes = [];
    private readonly Durations _starts = new();

    public async Task RunAsync(int rounds, int victims, bool severalLogFiles)
    {
        PreparedData data = await PreparedData.MakeAsync(run, victims, severalLogFiles).ConfigureAwait(false);
        WoundMaker maker = new(_random);
        for (int round = 1; round <= rounds; round++)
            await RunRoundAsync(data, maker, round).ConfigureAwait(false);
        foreach (FileKind kind in Enum.GetValues<FileKind>())
        {
            run.Report.Figure(
                $"damage to {kind}",
                string.Join(", ", Enum.GetValues<VictimState>().Select(state => $"{_outcomes.GetValueOrDefault((kind, state))} {state}")));
        }

        run.Report.Figure("starts", _starts.ToString());
    }

    private async Task RunRoundAsync(PreparedData data, WoundMaker maker, int round)
    {
        bool wasKilled = _random.Next(2) == 0;
        string folder = run.DataFolder($"round-{round}");
        FolderCopy.Make(wasKilled ? data.Killed : data.Stopped, folder);
        string where = $"round {round} ({(wasKilled ? "killed" : "stopped")})";
        List<(Victim Victim, Wound Wound, long Least, string Folder)> wounds = [];
        foreach (Victim victim in data.Victims[..^1])
        {
            VictimFiles files = new(folder, victim.Kind.Name);
            LogMap log = LogMap.Read(files.NewestLog);
            Wound wound = maker.Next(files);
            wounds.Add((victim, wound, Allowance.Of(wound, log, victim.Last), files.Folder));
            wound.Inflict(_random);
        }

        int before = run.Report.Violations;
        if (round % CommonFileEvery == 0)
            await DamageCommonAsync(folder, where).ConfigureAwait(false);
        else
            await ServeAsync(data, folder, wounds, where).ConfigureAwait(false);
        if (run.Report.Violations == before)
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>What all collections share: the lock's content means nothing; without the aliases no start, but with a reason.</summary>
    private async Task DamageCommonAsync(string folder, string where)
    {
        string[] files = [Path.Combine(folder, "LOCK"), .. Directory.EnumerateFiles(Path.Combine(folder, "control"), "aliases*")];
        string file = files[_random.Next(files.Length)];
        if (_random.Next(3) == 0)
            File.WriteAllBytes(file, []);
        else
            new Wound(file, FileKind.Document, WoundKind.AppendGarbage, 0, 20).Inflict(_random);
        using ServerProcess server = new(run.Program, folder);
        try
        {
            _starts.Add(await server.StartAsync().ConfigureAwait(false));
        }
        catch (ServerStartException refused)
        {
            bool isClear = refused.ExitCode == 1 && server.Output.Contains(Path.GetFileName(file), StringComparison.Ordinal);
            if (!isClear || file.EndsWith("LOCK", StringComparison.Ordinal))
                run.Report.Violation($"{where}, {Path.GetFileName(file)} damaged", "a start, or a line that names the file", refused.Message);
        }
    }

    private async Task ServeAsync(
        PreparedData data, string folder, List<(Victim Victim, Wound Wound, long Least, string Folder)> wounds, string where)
    {
        using ServerProcess server = new(run.Program, folder);

        // Twice: the first start must not make it worse. What was wrong at the first is not reported again.
        HashSet<Victim> broken = [];
        for (int start = 1; start <= 2; start++)
        {
            try
            {
                _starts.Add(await server.StartAsync().ConfigureAwait(false));
                foreach ((Victim victim, Wound wound, long least, string victimFolder) in wounds.Where(entry => !broken.Contains(entry.Victim)))
                {
                    int before = run.Report.Violations;
                    VictimCheck check = new(server.Rest, victim, $"{where}, start {start}, {victim.Kind.Name}, {wound}", run.Report);
                    VictimState state = await check.RunAsync(wound, least, victimFolder).ConfigureAwait(false);
                    if (run.Report.Violations > before)
                        broken.Add(victim);
                    if (start == 1)
                        _outcomes[(wound.FileKind, state)] = _outcomes.GetValueOrDefault((wound.FileKind, state)) + 1;
                }

                Victim bystander = data.Victims[^1];
                await new VictimCheck(server.Rest, bystander, $"{where}, {bystander.Kind.Name}", run.Report)
                    .RunAsync(null, bystander.Last, folder).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is ServerStartException or Rest.ServerGoneException)
            {
                string all = string.Join("; ", wounds.Select(entry => $"{entry.Victim.Kind.Name}: {entry.Wound}"));
                run.Report.Violation($"{where}, start {start}", "a server that starts and lives", $"{failure.Message}\n{server.Output}\ndamage: {all}");
            }

            server.Kill();
        }
    }
}
