using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Cli.Csv;

/// <summary>
/// The JSON value that a csv cell stands for: a number where the text is a JSON number (so <c>007</c> and <c>+1</c> stay
/// text), a bool for true and false in any case, an array or object where the text is one, otherwise text.
/// </summary>
internal static class CsvValue
{
    public static void Write(Utf8JsonWriter writer, string cell)
    {
        if (bool.TryParse(cell, out bool flag))
        {
            writer.WriteBooleanValue(flag);
        }
        else if (cell.Length > 0 && (cell[0] is '-' or '[' or '{' || char.IsAsciiDigit(cell[0])) && IsJson(cell))
        {
            writer.WriteRawValue(cell);
        }
        else
        {
            writer.WriteStringValue(cell);
        }
    }

    private static bool IsJson(string cell)
    {
        if (char.IsWhiteSpace(cell[^1]))
        {
            return false;
        }

        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(cell));
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number)
            {
                // 1e999 is a number to JSON and to nobody else.
                return double.IsFinite(double.Parse(cell, CultureInfo.InvariantCulture)) && !reader.Read();
            }

            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
