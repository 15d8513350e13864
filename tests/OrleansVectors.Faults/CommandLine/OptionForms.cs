using System.CommandLine;
using System.Globalization;

namespace OrleansVectors.Faults.CommandLine;

/// <summary>Options that check their values and name themselves in what they refuse.</summary>
internal static class OptionForms
{
    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Number(string name, string description, int ordinary, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => ordinary,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
                return number;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: '{text}' is not a number from {least} to {most}"));
            return least;
        },
    };
}
