using Spectre.Console;

namespace OrleansVectors.Cli.CommandLine;

/// <summary>Where a command writes: results to one writer, progress and complaints to another.</summary>
/// <param name="Out">Results as text.</param>
/// <param name="Error">Progress, warnings, errors.</param>
/// <param name="OpenOutput">Results as bytes (exports to standard output).</param>
/// <param name="ErrorIsTerminal">True when a person watches, so progress may redraw itself.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, Func<Stream> OpenOutput, bool ErrorIsTerminal)
{
    /// <summary>Columns for tables that no terminal limits.</summary>
    private const int UnlimitedWidth = 200;

    public static Terminal OfProcess()
        => new(Console.Out, Console.Error, Console.OpenStandardOutput, !Console.IsErrorRedirected);

    /// <summary>A console for tables on <see cref="Out"/>: with colours on a terminal, plain text elsewhere.</summary>
    public IAnsiConsole Tables()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out) });
        if (!ReferenceEquals(Out, Console.Out) || Console.IsOutputRedirected)
        {
            console.Profile.Width = UnlimitedWidth;
        }

        return console;
    }

    /// <summary>A console for the progress bar on <see cref="Error"/>.</summary>
    public IAnsiConsole Bars() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
}
