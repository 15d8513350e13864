using OrleansVectors.Cli.Csv;

namespace OrleansVectors.Cli.Tests.Csv;

public sealed class CsvReaderTests
{
    [Fact]
    public void Quoted_fields_hold_commas_quotes_and_line_breaks()
    {
        List<(long Line, string[] Fields)> records = Read("a,b,c\r\n\"1,5\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n\n ,\"\",x\n\"last\"");

        Assert.Equal([1L, 2, 5, 6], records.Select(record => record.Line));
        Assert.Equal(["a", "b", "c"], records[0].Fields);
        Assert.Equal(["1,5", "say \"hi\"", "two\r\nlines"], records[1].Fields);
        Assert.Equal([" ", "", "x"], records[2].Fields);
        Assert.Equal(["last"], records[3].Fields);
    }

    [Fact]
    public void A_record_that_breaks_the_rules_does_not_take_the_next_one_with_it()
    {
        using CsvReader reader = new(new StringReader("a,\"b\"c,d\ne,f\n"));
        List<string> fields = [];

        Assert.Throws<FormatException>(() => reader.TryRead(fields));
        Assert.Equal(1, reader.Line);
        Assert.True(reader.TryRead(fields));
        Assert.Equal((2L, "e,f"), (reader.Line, string.Join(',', fields)));
        Assert.False(reader.TryRead(fields));
    }

    [Fact]
    public void A_quote_that_is_never_closed_is_refused_at_the_line_where_its_record_begins()
    {
        using CsvReader reader = new(new StringReader("a\n\"b\nc\n"));
        List<string> fields = [];
        reader.TryRead(fields);

        Assert.Contains("not closed", Assert.Throws<FormatException>(() => reader.TryRead(fields)).Message, StringComparison.Ordinal);
        Assert.Equal(2, reader.Line);
    }

    [Fact]
    public void What_is_written_as_a_field_is_read_back_as_it_was()
    {
        const int Seed = 42;
        Random random = new(Seed);
        for (int round = 0; round < 500; round++)
        {
            string[] fields = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => new string([.. Enumerable.Range(0, random.Next(6)).Select(_ => "ab,\"\r\n é"[random.Next(8)])]))];
            List<(long, string[] Fields)> records = Read(string.Join(',', fields.Select(CsvText.Field)) + "\r\n");

            Assert.True(records.Count == 1 && fields.SequenceEqual(records[0].Fields), $"seed {Seed}, round {round}: {string.Join('|', fields)}");
        }
    }

    private static List<(long Line, string[] Fields)> Read(string text)
    {
        using CsvReader reader = new(new StringReader(text));
        List<string> fields = [];
        List<(long, string[])> records = [];
        while (reader.TryRead(fields))
        {
            records.Add((reader.Line, [.. fields]));
        }

        return records;
    }
}
