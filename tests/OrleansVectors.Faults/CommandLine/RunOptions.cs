using System.CommandLine;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Server;

namespace OrleansVectors.Faults.CommandLine;

/// <summary>The options every command has, and the frame every command runs in.</summary>
internal sealed class RunOptions
{
    private readonly Option<int> _seed = OptionForms.Number("--seed", "Everything random follows from it; 0 takes a new one", 0, 0, int.MaxValue);

    private readonly Option<string?> _server = new("--server")
    {
        Description = "The server's .dll or executable; the solution's Release build when left out",
    };

    private readonly Option<string?> _folder = new("--folder")
    {
        Description = "Where data folders are made; the system's temporary folder when left out",
    };

    private readonly Option<bool> _keep = new("--keep") { Description = "Leave the data folders, even when nothing was violated" };

    /// <summary>Adds the options and the action: the seed goes first, the report last.</summary>
    public static void Complete(Command command, TextWriter output, Func<ParseResult, Run, Task> action)
    {
        RunOptions options = new();
        command.Options.Add(options._seed);
        command.Options.Add(options._server);
        command.Options.Add(options._folder);
        command.Options.Add(options._keep);
        command.SetAction((parsed, _) => options.RunAsync(command.Name, parsed, output, action));
    }

    private async Task<int> RunAsync(string name, ParseResult parsed, TextWriter output, Func<ParseResult, Run, Task> action)
    {
        int seed = parsed.GetValue(_seed);
        seed = seed == 0 ? Random.Shared.Next(1, int.MaxValue) : seed;
        Report report = new(output, seed);
        report.Line($"{name}, seed {seed}");
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(parsed.GetValue(_folder) ?? Path.GetTempPath(), $"ov-faults-{Guid.NewGuid():N}"));
        Run run = new(seed, new ServerProgram(parsed.GetValue(_server)), folder.FullName, report);
        try
        {
            await action(parsed, run).ConfigureAwait(false);
        }
        catch (Exception stop) when (stop is ServerStartException or Rest.NoAnswerException)
        {
            report.Violation("the run", "a server that starts and answers", stop.Message);
        }
        finally
        {
            if (report.Violations == 0 && !parsed.GetValue(_keep))
                folder.Delete(recursive: true);
            else
                report.Line($"data is left in {folder.FullName}");
        }

        return report.Finish();
    }
}
