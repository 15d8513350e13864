using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Import;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.Tests.VectorFiles;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Tests.Import;

public sealed class JsonlPointSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"id":7,"vector":[1,2],"payload":{"a":"x"}}""", """{"id":7,"vector":[1,2],"payload":{"a":"x"}}""")]
    [InlineData("""{"vector":[1,2],"a":1,"b":{"c":[true]}}""", """{"id":0,"vector":[1,2],"payload":{"a":1,"b":{"c":[true]}}}""")]
    [InlineData("""{"id":18446744073709551615,"vector":[1,2],"payload":null,"ignored":1}""", """{"id":18446744073709551615,"vector":[1,2]}""")]
    [InlineData("""{"id":null,"vector":null,"payload":{}}""", """{"id":0,"vector":{}}""")]
    [InlineData("""{"id":"6F9619FF8B86D011B42D00C04FC964FF","vector":[1,2]}""", """{"id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","vector":[1,2]}""")]
    [InlineData("""{"id":1,"vector":{"t":[1,2,3],"s":{"indices":[1],"values":[2]},"m":[[1],[2]]}}""", """{"id":1,"vector":{"t":[1,2,3],"s":{"indices":[1],"values":[2]},"m":[[1],[2]]}}""")]
    public void A_line_becomes_a_point(string line, string point)
    {
        (string[] points, string[] complaints) = Read(line);

        Assert.Equal([point], points);
        Assert.Empty(complaints);
    }

    [Fact]
    public void A_text_id_becomes_its_UUID_and_stays_in_the_payload()
    {
        Guid uuid = PointIdText.Derive("doc-1");
        (string[] points, string[] complaints) = Read(
            """
            {"id":"doc-1","vector":[1,2],"payload":{"a":1}}
            {"id":"doc-1","vector":[1,2]}
            {"id":"doc-1","vector":[1,2],"payload":{"_id":1}}
            """);

        Assert.Equal(
            [
                $$$"""{"id":"{{{uuid}}}","vector":[1,2],"payload":{"_id":"doc-1","a":1}}""",
                $$$"""{"id":"{{{uuid}}}","vector":[1,2],"payload":{"_id":"doc-1"}}""",
            ],
            points);
        Assert.StartsWith("3: the id 'doc-1' is not a UUID", Assert.Single(complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_lines_are_named_by_number_and_the_good_ones_keep_their_row_numbers()
    {
        (string[] points, string[] complaints) = Read(
            "{\"vector\":[1,2]}\r\n\n[1]\n{\"vector\":[1,2,3]}\n{\"vector\":[1,\"x\"]}\n{\"vector\":[1,\n{\"id\":-1}\n{\"id\":1.5}\n{\"payload\":[]}\n{} x\n{\"vector\":[3,4]}\n",
            SourceReading.Schema(dim: 2));

        Assert.Equal(["""{"id":0,"vector":[1,2]}""", """{"id":9,"vector":[3,4]}"""], points);
        Assert.Equal(8, complaints.Length);
        Assert.Equal("3: the line is not a JSON object", complaints[0]);
        Assert.Equal("4: the vector has 3 components, 2 are expected", complaints[1]);
        Assert.Equal("5: component 1 of the vector is not a number", complaints[2]);
        Assert.StartsWith("6: not valid JSON", complaints[3], StringComparison.Ordinal);
        Assert.StartsWith("7: 'id' is neither", complaints[4], StringComparison.Ordinal);
        Assert.StartsWith("8: 'id' is neither", complaints[5], StringComparison.Ordinal);
        Assert.Equal("9: 'payload' is not an object", complaints[6]);
        Assert.StartsWith("10: ", complaints[7], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vectors_from_a_file_beside_stay_with_their_lines_also_over_bad_and_skipped_ones(bool compress)
    {
        string vectors = _folder.Write("v.npy", VectorBytes.Npy([[0, 0], [1, 1], [2, 2], [3, 3]], "<f2"), compress);
        string lines = _folder.Write("a.jsonl", "{\"id\":10}\nbad\n\n{\"id\":12}\n{\"id\":13,\"vector\":[9,9]}\n", compress);
        ImportSettings settings = SourceReading.Settings(lines, ImportFormat.Jsonl) with { VectorsFile = vectors };

        Assert.Equal(["""{"id":10,"vector":[0,0]}""", """{"id":12,"vector":[2,2]}""", """{"id":13,"vector":[9,9]}"""], SourceReading.Read(settings).Points);
        Assert.Equal(["""{"id":12,"vector":[2,2]}""", """{"id":13,"vector":[9,9]}"""], SourceReading.Read(settings, skip: 2).Points);
    }

    [Fact]
    public void A_vector_file_that_is_too_short_or_of_another_dimension_is_refused()
    {
        string vectors = _folder.Write("v.npy", VectorBytes.Npy([[0, 0]]));
        ImportSettings settings = SourceReading.Settings(_folder.Write("a.jsonl", "{}\n{}\n"), ImportFormat.Jsonl) with { VectorsFile = vectors };

        Assert.Contains("goes on at line 2", Assert.Throws<VectorFileException>(() => SourceReading.Read(settings)).Message, StringComparison.Ordinal);
        Assert.Contains("2 components, 3 are expected", Assert.Throws<CommandFailedException>(() => SourceReading.Read(settings, SourceReading.Schema(3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_longer_than_the_buffer_and_a_byte_order_mark_are_read()
    {
        string text = new('x', 700_000);
        (string[] points, _) = Read("\uFEFF{\"id\":1,\"t\":\"" + text + "\"}\n{\"id\":2}");

        Assert.Equal([$$$"""{"id":1,"vector":{},"payload":{"t":"{{{text}}}"}}""", """{"id":2,"vector":{}}"""], points);
    }

    private (string[] Points, string[] Complaints) Read(string lines, VectorSchema? schema = null)
        => SourceReading.Read(SourceReading.Settings(_folder.Write("a.jsonl", lines), ImportFormat.Jsonl), schema);
}
