using System.Text.Json;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>Collects settings that are kept to be repeated, as JSON by <see cref="SettingName"/>.</summary>
internal sealed class EchoedSettingsBuilder
{
    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal);

    /// <summary>What was collected.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>A word, unless null.</summary>
    public void Word(string name, string? value)
    {
        if (value is not null)
            _settings[name] = JsonSerializer.Serialize(value, SchemaJsonContext.Default.String);
    }

    /// <summary>A boolean, unless null.</summary>
    public void Flag(string name, bool? value)
    {
        if (value is bool flag)
            _settings[name] = flag ? "true" : "false";
    }

    /// <summary>A number, unless null.</summary>
    public void Number(string name, int? value)
    {
        if (value is int number)
            _settings[name] = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>JSON as it is.</summary>
    public void Json(string name, string json) => _settings[name] = json;

    /// <summary>The present settings with the collected ones over them.</summary>
    public IReadOnlyDictionary<string, string> Over(IReadOnlyDictionary<string, string> present)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string json) in present)
            merged[name] = json;
        foreach ((string name, string json) in _settings)
            merged[name] = json;
        return merged;
    }
}
