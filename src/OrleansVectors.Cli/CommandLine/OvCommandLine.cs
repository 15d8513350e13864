using System.CommandLine;
using OrleansVectors.Cli.Doctor;
using OrleansVectors.Cli.Import;
using OrleansVectors.Cli.Rest;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.CommandLine;

/// <summary>The whole command line; one class per command, and here what they share: parsing, errors, exit codes.</summary>
internal static class OvCommandLine
{
    /// <summary>Runs one command and returns the process's exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, Terminal terminal, CancellationToken cancellation)
    {
        ServerOptions server = new();
        RootCommand root = new("ov: load, look at and measure collections of a vector database over its REST API, and examine its files.")
        {
            new ImportCommand().Build(server, terminal),
            new ExportCommand().Build(server, terminal),
            new InfoCommand().Build(server, terminal),
            new DoctorCommand().Build(terminal),
            new Command("bench", "Measure a server.") { new RecallCommand().Build(server, terminal) },
        };
        server.AddTo(root);

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
            {
                terminal.Error.WriteLine(message);
            }

            terminal.Error.WriteLine("see --help");
            return ExitCode.Usage;
        }

        try
        {
            InvocationConfiguration invocation = new()
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception failure) when (IsForThePerson(failure))
        {
            terminal.Error.WriteLine(failure.Message);
            return failure is CommandFailedException command ? command.ExitCode : ExitCode.Failure;
        }
    }

    /// <summary>Failures of the world and of the input, whose message says all; anything else is a bug and shows its stack.</summary>
    private static bool IsForThePerson(Exception failure) => failure
        is CommandFailedException
        or ApiRefusedException
        or ServerUnreachableException
        or BadRowException
        or VectorFileException
        or IOException
        or UnauthorizedAccessException;
}
