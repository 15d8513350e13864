using System.Text;
using System.Text.Json;
using OrleansVectors.Cli.Csv;

namespace OrleansVectors.Cli.Tests.Csv;

public sealed class CsvValueTests
{
    [Theory]
    [InlineData("12", "12")]
    [InlineData("-3", "-3")]
    [InlineData("2.50", "2.50")]
    [InlineData("1e3", "1e3")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("true", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("[1,\"a\"]", "[1,\"a\"]")]
    [InlineData("{\"a\":{}}", "{\"a\":{}}")]
    [InlineData("007", "\"007\"")]
    [InlineData("+1", "\"\\u002B1\"")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("1 ", "\"1 \"")]
    [InlineData("-", "\"-\"")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData("[1,", "\"[1,\"")]
    [InlineData("2024-05-01", "\"2024-05-01\"")]
    [InlineData("hello", "\"hello\"")]
    public void A_cell_becomes_the_value_it_stands_for(string cell, string json)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            CsvValue.Write(writer, cell);
        }

        Assert.Equal(json, Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
