using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>The value is an object with numbers <c>lon</c> and <c>lat</c> that lies in an area.</summary>
internal abstract class GeoTest : ValueTest
{
    protected abstract bool Contains(GeoPoint place);

    protected override bool Passes(PayloadView value)
        => value.TryGetProperty("lon"u8, out PayloadView lon)
            && lon.TryGetDouble(out double longitude)
            && value.TryGetProperty("lat"u8, out PayloadView lat)
            && lat.TryGetDouble(out double latitude)
            && Contains(new GeoPoint(longitude, latitude));
}
