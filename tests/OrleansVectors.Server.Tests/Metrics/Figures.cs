using System.Globalization;

namespace OrleansVectors.Server.Tests.Metrics;

/// <summary>What <c>/metrics</c> answered, read as strictly as the format allows.</summary>
internal sealed class Figures
{
    private readonly Dictionary<string, double> _series = [];

    /// <summary>Types by family.</summary>
    public Dictionary<string, string> Families { get; } = [];

    /// <summary>All series with their labels as written.</summary>
    public IEnumerable<string> Series => _series.Keys;

    /// <summary>The value of a series, named as written: <c>name{label="value"}</c>.</summary>
    public double this[string series]
        => _series.TryGetValue(series, out double value)
            ? value
            : throw new KeyNotFoundException($"{series} is not in\n{string.Join('\n', _series.Keys)}");

    /// <summary>Asks a server.</summary>
    public static async Task<Figures> OfAsync(HttpClient http)
    {
        using HttpResponseMessage response = await http.GetAsync("/metrics");
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Requires HELP and TYPE once before the lines of a family, and each series once.</summary>
    private static Figures Parse(string text)
    {
        Figures figures = new();
        string family = "";
        string helped = "";
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (string line in text[..^1].Split('\n'))
        {
            string[] words = line.Split(' ');
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                helped = words[2];
                Assert.True(words.Length > 3, line);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                family = words[2];
                Assert.Equal(helped, family);
                figures.Families.Add(family, words[3]);
            }
            else
            {
                int end = line.LastIndexOf(' ');
                string name = line[..line.IndexOfAny(['{', ' '])];
                bool isOfFamily = figures.Families[family] == "histogram"
                    ? name == family + "_bucket" || name == family + "_sum" || name == family + "_count"
                    : name == family;
                Assert.True(isOfFamily, $"{line} in {family}");
                figures._series.Add(line[..end], double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture));
            }
        }

        return figures;
    }
}
