using System.CommandLine;
using OrleansVectors.Faults.CommandLine;

namespace OrleansVectors.Faults.Kills;

/// <summary><c>kills</c>: kills the server again and again while clients write, and checks what is there after each start.</summary>
internal static class KillsCommand
{
    public static Command Create(TextWriter output)
    {
        Option<int> rounds = OptionForms.Number("--rounds", "Rounds of writing, a kill, a start and a check, over all lanes", 50, 1, 10_000_000);
        Option<int> lanes = OptionForms.Number("--lanes", "Servers at a time, each with rounds of its own", 2, 1, 64);
        Option<int> writers = OptionForms.Number("--writers", "Clients that write to each server", 4, 1, 64);
        Option<int> ids = OptionForms.Number("--ids", "Ids of each client in each collection", 150, 1, 100_000);
        Command command = new("kills", "Kills the server while clients write; everything acknowledged must be there, no batch half.") { rounds, lanes, writers, ids };
        RunOptions.Complete(command, output, async (parsed, run) =>
        {
            KillFigures figures = new();
            int laneCount = Math.Min(parsed.GetValue(lanes), parsed.GetValue(rounds));
            KillRounds budget = new(parsed.GetValue(rounds), run.Report);
            IEnumerable<KillLane> all = Enumerable.Range(0, laneCount)
                .Select(lane => new KillLane(run, lane, parsed.GetValue(writers), parsed.GetValue(ids), figures));
            await Task.WhenAll(all.Select(lane => lane.RunAsync(budget))).ConfigureAwait(false);
            figures.WriteTo(run.Report);
        });
        return command;
    }
}
