using System.Text;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Filters;

public sealed class GeoConditionTests
{
    private static readonly PayloadPath A = PayloadPath.Parse("a");

    private static readonly GeoPoint[] Square = [new(0, 0), new(10, 0), new(10, 10), new(0, 10), new(0, 0)];

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(0, 5, false)]
    [InlineData(5, 10, false)]
    [InlineData(11, 5, false)]
    [InlineData(5, -1, false)]
    public void A_box_holds_what_is_inside_not_on_its_edge(double lon, double lat, bool expected)
        => Assert.Equal(expected, Matches(new GeoBoundingBoxCondition(A, new GeoPoint(0, 10), new GeoPoint(10, 0)), lon, lat));

    [Theory]
    [InlineData(175, true)]
    [InlineData(-175, true)]
    [InlineData(180, true)]
    [InlineData(0, false)]
    [InlineData(160, false)]
    [InlineData(-170, false)]
    public void A_box_may_cross_the_antimeridian(double lon, bool expected)
        => Assert.Equal(expected, Matches(new GeoBoundingBoxCondition(A, new GeoPoint(170, 10), new GeoPoint(-170, -10)), lon, 0));

    [Fact]
    public void A_radius_is_in_metres_on_the_mean_sphere()
    {
        // Berlin to Paris; a degree along the equator is 2 pi 6,371,008.8 / 360 metres.
        var berlin = new GeoPoint(13.4050, 52.5200);
        Assert.True(Matches(new GeoRadiusCondition(A, berlin, 878_000), 2.3522, 48.8566));
        Assert.False(Matches(new GeoRadiusCondition(A, berlin, 876_000), 2.3522, 48.8566));
        Assert.True(Matches(new GeoRadiusCondition(A, new GeoPoint(0, 0), 111_195.09), 1, 0));
        Assert.False(Matches(new GeoRadiusCondition(A, new GeoPoint(0, 0), 111_195.07), 1, 0));
        Assert.True(Matches(new GeoRadiusCondition(A, new GeoPoint(179.5, 0), 111_195.09), -179.5, 0));
        Assert.False(Matches(new GeoRadiusCondition(A, new GeoPoint(1, 1), 0), 1, 1));
    }

    [Theory]
    [InlineData(5, 1, true)]
    [InlineData(5, 5, false)]
    [InlineData(4, 5, false)]
    [InlineData(0, 5, false)]
    [InlineData(10, 10, false)]
    [InlineData(-1, 5, false)]
    [InlineData(5, 11, false)]
    public void A_polygon_holds_what_is_inside_and_in_no_hole(double lon, double lat, bool expected)
    {
        GeoPoint[] hole = [new(4, 4), new(6, 4), new(6, 6), new(4, 6), new(4, 4)];
        Assert.Equal(expected, Matches(new GeoPolygonCondition(A, new GeoPolygon(Square, [hole])), lon, lat));
        Assert.Equal(expected, Matches(new GeoPolygonCondition(A, new GeoPolygon([.. Square.Reverse()], [hole])), lon, lat));
    }

    [Theory]
    [InlineData("""{"a":{"lon":5}}""", false)]
    [InlineData("""{"a":{"lon":"5","lat":5}}""", false)]
    [InlineData("""{"a":[5,5]}""", false)]
    [InlineData("""{"a":"5,5"}""", false)]
    [InlineData("""{"a":[{"lon":50,"lat":5},{"lon":5.5,"lat":5}]}""", true)]
    public void A_place_is_an_object_of_two_numbers(string payload, bool expected)
        => Assert.Equal(expected, Matches(new GeoPolygonCondition(A, new GeoPolygon(Square, [])), payload));

    private static bool Matches(Condition condition, double lon, double lat)
        => Matches(condition, FormattableString.Invariant($$$"""{"a":{"lon":{{{lon}}},"lat":{{{lat}}} } }"""));

    private static bool Matches(Condition condition, string payload)
        => CompiledFilter.Compile(FilterCodec.Decode(FilterCodec.Encode(new Filter { Must = [condition] })))
            .Matches(default, 0, PayloadDocument.Parse(Encoding.UTF8.GetBytes(payload)).View, NoVectors.Instance);
}
