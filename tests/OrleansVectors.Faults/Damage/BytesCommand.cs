using System.CommandLine;
using OrleansVectors.Faults.CommandLine;

namespace OrleansVectors.Faults.Damage;

/// <summary><c>bytes</c>: damages files of a data folder and looks at what the server makes of it.</summary>
internal static class BytesCommand
{
    public static Command Create(TextWriter output)
    {
        Option<int> rounds = OptionForms.Number("--rounds", "Copies of the folder, each with damage to every collection but one", 10, 1, 10_000_000);
        Option<int> victims = OptionForms.Number("--victims", "Collections that are damaged in each round", 9, 1, 200);
        Option<bool> logFiles = new("--several-log-files") { Description = "Give the first collection a log of several files, which is 75 MB more to copy in each round" };
        Command command = new("bytes", "Damages files: a collection is right or says that it is not, and the others go on.") { rounds, victims, logFiles };
        RunOptions.Complete(
            command,
            output,
            (parsed, run) => new BytesRun(run).RunAsync(parsed.GetValue(rounds), parsed.GetValue(victims), parsed.GetValue(logFiles)));
        return command;
    }
}
