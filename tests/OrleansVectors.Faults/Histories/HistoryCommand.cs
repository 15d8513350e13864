using System.CommandLine;
using OrleansVectors.Faults.CommandLine;

namespace OrleansVectors.Faults.Histories;

/// <summary><c>history</c>: records what concurrent clients see while the server is killed, and judges it.</summary>
internal static class HistoryCommand
{
    public static Command Create(TextWriter output)
    {
        Option<int> clients = OptionForms.Number("--clients", "Clients at a time", 8, 1, 64);
        Option<int> seconds = OptionForms.Number("--seconds", "How long they go on", 10, 1, 1_000_000);
        Option<int> kills = OptionForms.Number("--kills", "Kills, spread over the time", 5, 0, 1_000_000);
        Option<int> registers = OptionForms.Number("--registers", "Registers of one point, and as many of four", 6, 1, 1_000);
        Command command = new("history", "Concurrent clients and kills: every register must be linearizable, every batch atomic.") { clients, seconds, kills, registers };
        RunOptions.Complete(command, output, (parsed, run) => new HistoryRun(run, parsed.GetValue(clients), parsed.GetValue(registers))
            .RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(kills)));
        return command;
    }
}
