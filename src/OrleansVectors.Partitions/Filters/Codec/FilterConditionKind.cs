namespace OrleansVectors.Partitions.Filters.Codec;

/// <summary>Tags of conditions; the numbers never change.</summary>
internal enum FilterConditionKind : byte
{
    Filter = 0,
    Match = 1,
    Range = 2,
    DateTimeRange = 3,
    ValuesCount = 4,
    IsEmpty = 5,
    IsNull = 6,
    FieldIsEmpty = 7,
    FieldIsNull = 8,
    GeoBoundingBox = 9,
    GeoRadius = 10,
    GeoPolygon = 11,
    Nested = 12,
    HasId = 13,
    HasVector = 14,
    Slice = 15,
}
