using System.Globalization;
using System.Text;

namespace OrleansVectors.Api.Metrics;

/// <summary>Prometheus' text format 0.0.4, line by line.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a family; its lines follow.</summary>
    public void Head(string name, string type, string help)
        => _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    /// <summary>One series with its value.</summary>
    public void Line(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>A label's value as it stands between quotes.</summary>
    public static string Escape(string label)
        => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    public override string ToString() => _text.ToString();
}
