namespace OrleansVectors.Partitions.Filters.Codec;

/// <summary>
/// The binary form of a filter, version 1.
/// <code>
/// document   := version:u8 (= 1) filter
/// filter     := list(must) list(should) list(must_not) minimum:u8 (0 or 1) [ list(conditions) varint(min_count) ]
/// list       := varint(count) condition*
/// condition  := kind:u8 (FilterConditionKind) body
///   match           path match
///   range           path bounds(f64 little-endian)
///   datetime range  path bounds(zigzag varint, microseconds since 1970)
///   values count    path bounds(varint)
///   is_empty, is_null               path
///   field is_empty, field is_null   path expected:u8
///   geo box         path place place         place := lon:f64 lat:f64
///   geo radius      path place f64
///   geo polygon     path ring varint(holes) ring*          ring := varint(count) place*
///   nested          path filter
///   has_id          varint(count) ids        id := uuid?:u8, then varint or 16 bytes
///   has_vector      string
///   slice           varint(total) varint(index)
///   filter          filter
/// match      := kind:u8 (FilterMatchKind) body
///   string, text    string   (text has its mode:u8 before)
///   integer         zigzag varint
///   boolean         u8
///   any, except     varint(count) string* varint(count) zigzag varint*       one of the two is empty
/// bounds     := flags:u8 (1 lt, 2 gt, 4 lte, 8 gte), then the values that are there in this order
/// path       := varint(count) step*          step := kind:u8 (PayloadStepKind), then string, varint or nothing
/// string     := varint(byte length) UTF-8
/// </code>
/// </summary>
internal static class FilterFormat
{
    public const byte Version = 1;

    public const byte LtFlag = 1;
    public const byte GtFlag = 2;
    public const byte LteFlag = 4;
    public const byte GteFlag = 8;
}
