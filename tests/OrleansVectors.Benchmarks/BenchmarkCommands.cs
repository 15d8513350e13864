using System.CommandLine;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Benchmarks.Datasets;
using OrleansVectors.Benchmarks.FilterPlans;
using OrleansVectors.Benchmarks.KernelSpeed;
using OrleansVectors.Benchmarks.ServerSpeed;

namespace OrleansVectors.Benchmarks;

/// <summary>The command line. Results go to standard output alone, progress and errors to standard error.</summary>
internal static class BenchmarkCommands
{
    /// <summary>The exit code for an argument that cannot be used.</summary>
    public const int BadArgument = 2;

    /// <summary>Runs one command.</summary>
    /// <returns>0, or <see cref="BadArgument"/> after a message that names the argument.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, PassTimes times)
    {
        var root = new RootCommand("Measures the engine alone, and the server.")
        {
            AnnCommand.Create(output, error, times),
            FiltersCommand.Create(output, error, times),
            KernelsCommand.Create(output),
            ServerCommand.CreateSpeed(output, error),
            ServerCommand.CreateRestart(output, error),
            WritesCommand.Create(output, error),
            DatasetsCommand.Create(error),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                error.WriteLine(problem.Message);
            }

            return BadArgument;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (BadArgumentException bad)
        {
            error.WriteLine(bad.Message);
            return BadArgument;
        }
    }
}
