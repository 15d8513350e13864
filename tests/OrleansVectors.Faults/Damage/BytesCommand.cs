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
        Command command = new("bytes", "Damages files: a collection is right or says that it is not, and the others go on.") { rounds, victims };
        RunOptions.Complete(command, output, (parsed, run) => new BytesRun(run).RunAsync(parsed.GetValue(rounds), parsed.GetValue(victims)));
        return command;
    }
}
