using System.CommandLine;
using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Interception;

namespace OrleansVectors.Faults.Clocks;

/// <summary><c>clock</c>: moves the wall clock of a running server forwards and backwards.</summary>
internal static class ClockCommand
{
    public static Command Create(TextWriter output)
    {
        Option<int> jumps = OptionForms.Number("--jumps", "Jumps of the clock; every other one is followed by a kill or a stop", 8, 1, 1_000_000);
        Command command = new("clock", "Moves the wall clock by days and years while clients write: nothing is lost or refused.") { jumps };
        RunOptions.Complete(command, output, async (parsed, run) =>
        {
            if (FaultShim.TryCompile(run.Folder, out string reason) is not { } shim)
            {
                run.Report.Skip(reason);
                return;
            }

            using ControlPage page = new(run.DataFolder("page"));
            await new ClockRun(run, shim, page).RunAsync(parsed.GetValue(jumps)).ConfigureAwait(false);
        });
        return command;
    }
}
