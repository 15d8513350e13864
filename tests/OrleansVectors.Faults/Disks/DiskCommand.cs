using System.CommandLine;
using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Interception;

namespace OrleansVectors.Faults.Disks;

/// <summary><c>disk</c>: lets the calls of a short workload fail, one after the other, and checks that the server gets over it.</summary>
internal static class DiskCommand
{
    public static Command Create(TextWriter output)
    {
        Option<int> cases = OptionForms.Number("--cases", "Faults chosen at random; 0 takes every call with every fault", 20, 0, 10_000_000);
        Option<int> call = OptionForms.Number("--call", "Only faults that begin with this call; 0 for any", 0, 0, int.MaxValue);
        Option<int> lanes = OptionForms.Number("--lanes", "Servers at a time", 2, 1, 64);
        Command command = new("disk", "Lets writes to the disk fail: requests may be refused, reads go on, and the server recovers by itself.") { cases, call, lanes };
        RunOptions.Complete(command, output, async (parsed, run) =>
        {
            if (FaultShim.TryCompile(run.Folder, out string reason) is not { } shim)
            {
                run.Report.Skip(reason);
                return;
            }

            await new DiskRun(run, shim).RunAsync(parsed.GetValue(cases), parsed.GetValue(call), parsed.GetValue(lanes)).ConfigureAwait(false);
        });
        return command;
    }
}
