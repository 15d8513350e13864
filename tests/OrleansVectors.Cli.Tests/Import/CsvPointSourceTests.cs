using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Import;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.Tests.VectorFiles;

namespace OrleansVectors.Cli.Tests.Import;

public sealed class CsvPointSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("id,vector,a,b\n5,\"[1, 2.5]\",x,3\n", """{"id":5,"vector":[1,2.5],"payload":{"a":"x","b":3}}""")]
    [InlineData("a,vector\n,1 2.5\n", """{"id":0,"vector":[1,2.5],"payload":{}}""")]
    [InlineData("vector\n1;2.5\n", """{"id":0,"vector":[1,2.5],"payload":{}}""")]
    [InlineData("v1,a,v0\n2.5,true,1\n", """{"id":0,"vector":[1,2.5],"payload":{"a":true}}""")]
    [InlineData("id,t\n4,\"a\nb\"\n", """{"id":4,"vector":{},"payload":{"t":"a\nb"}}""")]
    public void A_record_becomes_a_point(string csv, string point)
    {
        (string[] points, string[] complaints) = Read(csv);

        Assert.Equal([point], points);
        Assert.Empty(complaints);
    }

    [Fact]
    public void Components_may_be_in_columns_of_any_name()
    {
        ImportSettings settings = SourceReading.Settings(_folder.Write("a.csv", "id,x,y,z,t\n1,1,2,3,4\n"), ImportFormat.Csv);

        Assert.Equal(["""{"id":1,"vector":[1,2,3],"payload":{"t":4}}"""], SourceReading.Read(settings with { VectorColumns = ("x", "z") }).Points);
        Assert.Throws<CommandFailedException>(() => SourceReading.Read(settings with { VectorColumns = ("x", "w") }));
        Assert.Throws<CommandFailedException>(() => SourceReading.Read(settings with { VectorColumns = ("z", "x") }));
    }

    [Fact]
    public void Bad_records_are_named_by_the_line_they_begin_on()
    {
        (string[] points, string[] complaints) = Read(
            "id,vector,t\n1,1 2,\"a\nb\"\n2,1 x,\n3,1 2\n4,1 2 3,\n5,1 NaN,\n\"6\"7,,\n8,3 4,\n", SourceReading.Schema(dim: 2));

        Assert.Equal(["""{"id":1,"vector":[1,2],"payload":{"t":"a\nb"}}""", """{"id":8,"vector":[3,4],"payload":{}}"""], points);
        Assert.Equal(
            [
                "4: component 1 of the vector is 'x', which is not a finite number",
                "5: 2 fields, but the header has 3",
                "6: the vector has 3 components, 2 are expected",
                "7: component 1 of the vector is 'NaN', which is not a finite number",
                "8: a quoted field goes on after its closing quote",
            ],
            complaints);
    }

    [Fact]
    public void A_text_id_becomes_its_UUID_and_vectors_from_a_file_beside_stay_with_their_records()
    {
        string vectors = _folder.Write("v.fvecs", VectorBytes.Fvecs([[0], [1], [2]]));
        ImportSettings settings = SourceReading.Settings(_folder.Write("a.csv", "id,t\na,1\nb\nc,3\n"), ImportFormat.Csv) with { VectorsFile = vectors };
        string last = $$$"""{"id":"{{{PointIdText.Derive("c")}}}","vector":[2],"payload":{"_id":"c","t":3}}""";

        Assert.Equal([$$$"""{"id":"{{{PointIdText.Derive("a")}}}","vector":[0],"payload":{"_id":"a","t":1}}""", last], SourceReading.Read(settings).Points);
        Assert.Equal([last], SourceReading.Read(settings, skip: 2).Points);
    }

    [Fact]
    public void A_header_that_cannot_be_understood_is_refused()
    {
        Assert.Contains("twice", Assert.Throws<CommandFailedException>(() => Read("a,a\n")).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<CommandFailedException>(() => Read("")).Message, StringComparison.Ordinal);
    }

    private (string[] Points, string[] Complaints) Read(string csv, VectorSchema? schema = null)
        => SourceReading.Read(SourceReading.Settings(_folder.Write("a.csv", csv), ImportFormat.Csv), schema);
}
