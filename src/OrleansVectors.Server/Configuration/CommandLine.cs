using System.Text;

namespace OrleansVectors.Server.Configuration;

/// <summary>What stands on the command line: options with a value, or a wish for help or the version.</summary>
internal sealed class CommandLine
{
    private CommandLine(CommandLineWish wish, string? configurationFile, IReadOnlyDictionary<string, string> values)
    {
        Wish = wish;
        ConfigurationFile = configurationFile;
        Values = values;
    }

    /// <summary>What to do.</summary>
    public CommandLineWish Wish { get; }

    /// <summary>The file of <c>--config</c>, or null.</summary>
    public string? ConfigurationFile { get; }

    /// <summary>Values by <see cref="ServerOption.Key"/>.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    /// <summary>The text of <c>--help</c>.</summary>
    public static string Usage
    {
        get
        {
            var text = new StringBuilder();
            text.AppendLine("OrleansVectors: a vector database that answers over REST.");
            text.AppendLine();
            text.AppendLine("usage: OrleansVectors.Server [options]");
            text.AppendLine();
            foreach (ServerOption option in ServerOption.All)
                AppendOption(text, $"{option.Argument} {option.Placeholder}", option.Description, option.Variable);
            AppendOption(
                text, "--config FILE", "Configuration file. Default: appsettings.json of the working folder, if there", "OV_CONFIG");
            AppendOption(text, "--version", "Print the version and end", null);
            AppendOption(text, "--help", "Print this text and end", null);
            text.AppendLine();
            text.AppendLine("The command line goes before the environment, the environment before the file.");
            return text.ToString();
        }
    }

    /// <summary>Reads the arguments: <c>--name value</c> or <c>--name=value</c>, each option once.</summary>
    /// <exception cref="ConfigurationException">An unknown option, one given twice, or one without its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        string? file = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument is "--help" or "-h" or "-?")
                return new CommandLine(CommandLineWish.Help, null, values);
            if (argument == "--version")
                return new CommandLine(CommandLineWish.Version, null, values);

            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? argument : argument[..equals];
            ServerOption? option = ServerOption.All.FirstOrDefault(known => known.Argument == name);
            if (option is null && name != "--config")
                throw new ConfigurationException($"unknown option {name}; --help lists the options");
            if (equals < 0 && ++i == arguments.Count)
                throw new ConfigurationException($"{name} needs a value");
            string value = equals < 0 ? arguments[i] : argument[(equals + 1)..];
            if (option is null ? file is not null : !values.TryAdd(option.Key, value))
                throw new ConfigurationException($"{name} is given twice");
            if (option is null)
                file = value;
        }

        return new CommandLine(CommandLineWish.Serve, file, values);
    }

    private static void AppendOption(StringBuilder text, string name, string description, string? variable)
    {
        text.Append("  ").AppendLine(name);
        text.Append("      ").AppendLine(description);
        if (variable is not null)
            text.Append("      Environment: ").AppendLine(variable);
    }
}
