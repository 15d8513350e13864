using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace OrleansVectors.Benchmarks.CommandLine;

/// <summary>Options that check their values and name themselves in what they refuse.</summary>
internal static class OptionForms
{
    public const int ThreadsMax = 1024;

    public static Option<string> Text(string name, string description, bool isRequired = false) =>
        new(name) { Description = description, Required = isRequired };

    public static Option<int> Number(string name, string description, int ordinary, int least, int most) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => ordinary,
            CustomParser = result => ParseNumber(name, result.Tokens[0].Value, least, most, result),
        };

    /// <summary>A whole number that may be left out.</summary>
    public static Option<int?> NumberOrNone(string name, string description, int least, int most) =>
        new(name)
        {
            Description = description,
            CustomParser = result => ParseNumber(name, result.Tokens[0].Value, least, most, result),
        };

    /// <summary>Whole numbers, separated by commas.</summary>
    public static Option<int[]> Numbers(string name, string description, int[] ordinary, int least, int most) =>
        new(name)
        {
            Description = description,
            HelpName = string.Join(',', ordinary),
            DefaultValueFactory = _ => ordinary,
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(text => ParseNumber(name, text, least, most, result))],
        };

    /// <summary>A share above 0 and at most 1 that may be left out.</summary>
    public static Option<double?> ShareOrNone(string name, string description) =>
        new(name)
        {
            Description = description,
            CustomParser = result => ParseShare(name, result.Tokens[0].Value, result),
        };

    /// <summary>Shares above 0 and at most 1, separated by commas.</summary>
    public static Option<double[]> Shares(string name, string description, double[] ordinary) =>
        new(name)
        {
            Description = description,
            HelpName = string.Join(',', ordinary.Select(share => share.ToString(CultureInfo.InvariantCulture))),
            DefaultValueFactory = _ => ordinary,
            CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => ParseShare(name, text, result))],
        };

    /// <summary>Some of some words, separated by commas; all when left out.</summary>
    public static Option<T[]> Words<T>(string name, string description, Dictionary<string, T> words)
        where T : struct =>
        new(name)
        {
            Description = description,
            HelpName = string.Join(',', words.Keys),
            DefaultValueFactory = _ => [.. words.Values],
            CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => ParseWord(name, text, words, result))],
        };

    /// <summary>One of some words.</summary>
    public static Option<T> Word<T>(string name, string description, Dictionary<string, T> words)
        where T : struct =>
        new(name)
        {
            Description = description,
            HelpName = string.Join('|', words.Keys),
            CustomParser = result => ParseWord(name, result.Tokens[0].Value, words, result),
        };

    /// <summary>One of some words, with one of them when left out.</summary>
    public static Option<T> Word<T>(string name, string description, Dictionary<string, T> words, T ordinary)
        where T : struct
    {
        var option = Word(name, description, words);
        option.DefaultValueFactory = _ => ordinary;
        return option;
    }

    private static double ParseShare(string name, string text, ArgumentResult result)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || !(share > 0 && share <= 1))
        {
            result.AddError($"{name}: '{text}' is not a number above 0 and at most 1");
        }

        return share;
    }

    private static T ParseWord<T>(string name, string text, Dictionary<string, T> words, ArgumentResult result)
    {
        if (!words.TryGetValue(text, out var value))
        {
            result.AddError($"{name}: '{text}' is none of {string.Join(", ", words.Keys)}");
        }

        return value!;
    }

    private static int ParseNumber(string name, string text, int least, int most, ArgumentResult result)
    {
        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: '{text}' is not a number from {least} to {most}"));
            return least;
        }

        return number;
    }
}
