using System.CommandLine;

namespace OrleansVectors.Cli.CommandLine;

/// <summary>Bounds on numbers, refused with name, bound and value before a command runs.</summary>
internal static class OptionBounds
{
    public static Option<T> AtLeast<T>(this Option<T> option, T least)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !result.Errors.Any() && result.GetValueOrDefault<T>() is T value && Comparer<T>.Default.Compare(value, least) < 0)
            {
                result.AddError($"{option.Name} must be at least {least}, not {value}");
            }
        });
        return option;
    }
}
