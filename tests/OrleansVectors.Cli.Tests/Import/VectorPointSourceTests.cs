using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Import;
using OrleansVectors.Cli.Tests.VectorFiles;

namespace OrleansVectors.Cli.Tests.Import;

public sealed class VectorPointSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_are_points_under_their_numbers()
    {
        ImportSettings settings = SourceReading.Settings(_folder.Write("a.bvecs", VectorBytes.Bvecs([[1, 2], [3, 4]])), ImportFormat.Bvecs);

        Assert.Equal(["""{"id":0,"vector":[1,2]}""", """{"id":1,"vector":[3,4]}"""], SourceReading.Read(settings).Points);
        Assert.Equal(["""{"id":101,"vector":[3,4]}"""], SourceReading.Read(settings with { IdStart = 100 }, skip: 1).Points);
    }

    [Fact]
    public void A_row_that_JSON_cannot_express_is_bad_and_the_others_are_not()
    {
        ImportSettings settings = SourceReading.Settings(_folder.Write("a.fvecs", VectorBytes.Fvecs([[1, float.NaN], [float.PositiveInfinity, 1], [1, 2]])), ImportFormat.Fvecs);
        (string[] points, string[] complaints) = SourceReading.Read(settings);

        Assert.Equal(["""{"id":2,"vector":[1,2]}"""], points);
        Assert.Equal(2, complaints.Length);
        Assert.Equal("row 0: component 1 is NaN, which is not a finite number", complaints[0]);
    }

    [Fact]
    public void A_dimension_that_the_collection_does_not_take_is_refused_on_opening()
    {
        ImportSettings settings = SourceReading.Settings(_folder.Write("a.bvecs", VectorBytes.Bvecs([[1, 2]])), ImportFormat.Bvecs);

        Assert.Contains("2 components, 3 are expected", Assert.Throws<CommandFailedException>(() => PointSources.Open(settings, SourceReading.Schema(3))).Message, StringComparison.Ordinal);
    }
}
