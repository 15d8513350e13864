using System.Text;
using System.Text.Json;
using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Export;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Tests.Export;

public sealed class SinkTests : IDisposable
{
    private const string Points = """
        [{"id":1,"payload":{"a":"x, \"y\"","b":[1]},"vector":[1.5,0.1]},
         {"id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","payload":{"é":2},"vector":{"":[3,4],"o":[9]}}]
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Json_lines_keep_everything_as_it_came()
    {
        string text = Encoding.UTF8.GetString(Written(content => new JsonlSink(content)));

        Assert.Equal(
            """
            {"id":1,"vector":[1.5,0.1],"payload":{"a":"x, \"y\"","b":[1]}}
            {"id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","vector":{"":[3,4],"o":[9]},"payload":{"é":2}}

            """,
            text);
    }

    [Fact]
    public void A_csv_file_has_a_column_per_key_and_empty_cells_for_missing_ones()
    {
        string text = Encoding.UTF8.GetString(Written(content => new CsvSink(content, "", ["a", "b", "é"])));

        Assert.Equal(
            "id,vector,a,b,é\r\n1,\"[1.5,0.1]\",\"x, \"\"y\"\"\",[1],\r\n6f9619ff-8b86-d011-b42d-00c04fc964ff,\"[3,4]\",,,2\r\n",
            text);
    }

    [Theory]
    [InlineData("a.fvecs")]
    [InlineData("a.npy")]
    public void Vector_files_are_read_back_bit_for_bit(string name)
    {
        byte[] bytes = Written(content => name == "a.npy" ? new NpySink(content, "") : new FvecsSink(content, ""));
        using IVectorReader reader = VectorFile.Open(_folder.Write(name, bytes));
        float[] row = new float[2];

        Assert.True(reader.TryRead(row));
        Assert.Equal([1.5f, 0.1f], row);
        Assert.True(reader.TryRead(row));
        Assert.Equal([3f, 4f], row);
        Assert.False(reader.TryRead(row));
    }

    [Fact]
    public void A_point_without_the_vector_is_refused_by_name()
    {
        CommandFailedException refusal = Assert.Throws<CommandFailedException>(() => Written(content => new FvecsSink(content, "missing")));

        Assert.Contains("6f9619ff-8b86-d011-b42d-00c04fc964ff", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'missing'", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Written(Func<Stream, IPointSink> open)
    {
        using MemoryStream content = new();
        using (JsonDocument points = JsonDocument.Parse(Points))
        using (IPointSink sink = open(content))
        {
            foreach (JsonElement point in points.RootElement.EnumerateArray())
            {
                sink.Write(point);
            }

            sink.Complete();
        }

        return content.ToArray();
    }
}
