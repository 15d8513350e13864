using System.CommandLine;
using OrleansVectors.Faults.Clocks;
using OrleansVectors.Faults.Damage;
using OrleansVectors.Faults.Disks;
using OrleansVectors.Faults.Histories;
using OrleansVectors.Faults.Kills;

namespace OrleansVectors.Faults;

/// <summary>The command line: a command for each family of faults, 0 when nothing was violated.</summary>
internal static class FaultCommands
{
    /// <summary>The exit code for an argument that cannot be used.</summary>
    public const int BadArgument = 2;

    /// <summary>Runs one command.</summary>
    /// <returns>0, 1 when a promise was broken, or <see cref="BadArgument"/> after a message that names the argument.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        RootCommand root = new("Breaks the server on purpose and checks what it promises.")
        {
            KillsCommand.Create(output),
            HistoryCommand.Create(output),
            BytesCommand.Create(output),
            DiskCommand.Create(output),
            ClockCommand.Create(output),
        };
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError problem in parsed.Errors)
                await error.WriteLineAsync(problem.Message).ConfigureAwait(false);
            return BadArgument;
        }

        InvocationConfiguration configuration = new() { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
    }
}
