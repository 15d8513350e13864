using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.PayloadIndexes;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.PayloadIndexing;

/// <summary>
/// Places on the map by cells. What it finds may match: every candidate's own place is looked at, so that cells need not
/// follow an area's edge. Places outside the map's bounds are kept apart and always looked at.
/// </summary>
internal sealed class GeoIndex : PayloadIndex
{
    private readonly OrderedPostings _postings;

    public GeoIndex(PayloadIndexSchema schema, ReaderGate gate)
        : base(schema, gate) => _postings = new OrderedPostings(Heap);

    protected override IndexedCondition? BindValues(Condition condition)
        => condition switch
        {
            GeoBoundingBoxCondition box => Within(GeoAreas.Boxes(box)),
            GeoRadiusCondition radius => Within(GeoAreas.Boxes(radius)),
            GeoPolygonCondition polygon => Within(GeoAreas.Boxes(polygon)),
            _ => null,
        };

    protected override bool? Change(PayloadView value, uint ordinal, bool adds)
    {
        if (!value.TryGetProperty("lon"u8, out PayloadView lon) || !lon.TryGetDouble(out double longitude)
            || !value.TryGetProperty("lat"u8, out PayloadView lat) || !lat.TryGetDouble(out double latitude)
            || !new GeoPoint(longitude, latitude).IsValid)
        {
            return null;
        }

        long key = GeoCells.KeyOf(longitude, latitude);
        return adds ? _postings.Add(key, ordinal) : _postings.Remove(key, ordinal);
    }

    private RangesCondition Within(IReadOnlyList<GeoBox> boxes)
    {
        List<(long First, long Last)> ranges = [];
        foreach (GeoBox box in boxes)
        {
            ranges.AddRange(GeoCells.Cover(box));
        }

        return new RangesCondition(_postings, ranges, Others, isExact: false);
    }
}
