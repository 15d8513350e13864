using System.Text.Json;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Api.Json.Filters;

/// <summary>
/// Reads one condition. Its members come in any order: <c>key</c> with one test of the field, or one of the other
/// forms, or the parts of a filter. Members that are null count as absent.
/// </summary>
internal ref struct ConditionJsonReader
{
    private readonly string _path;
    private PayloadPath? _key;

    /// <summary>The name of the member that says what is tested.</summary>
    private string? _test;

    /// <summary>The condition, when it needs no key.</summary>
    private Condition? _condition;

    /// <summary>Makes the condition when the key is known.</summary>
    private Func<PayloadPath, Condition>? _ofKey;

    private Filter _filter;
    private bool _isFilter;

    private ConditionJsonReader(string path)
    {
        _path = path;
        _filter = Filter.MatchAll;
    }

    public static Condition Read(ref JsonCursor cursor, ref FilterBudget budget)
    {
        budget.Count(ref cursor);
        if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("a condition");
        var reader = new ConditionJsonReader(cursor.Path);
        cursor.BeginObject();
        while (cursor.NextMember())
            reader.ReadMember(ref cursor, ref budget);
        return reader.ToCondition();
    }

    private void ReadMember(ref JsonCursor cursor, ref FilterBudget budget)
    {
        if (cursor.NameIs("key"u8))
        {
            _key = PathJsonReader.Read(ref cursor);
        }
        else if (FilterJsonReader.TryReadPart(ref cursor, ref budget, ref _filter))
        {
            _isFilter = true;
        }
        else if (!IsAbsent(ref cursor) && !TryReadFieldTest(ref cursor) && !TryReadPointTest(ref cursor, ref budget))
        {
            throw cursor.UnknownMember();
        }
    }

    /// <summary>A test of the field that is null, as clients write the ones they do not use.</summary>
    private static bool IsAbsent(ref JsonCursor cursor)
        => cursor.IsNull && cursor.Name is "match" or "range" or "values_count" or "is_empty" or "is_null" or "geo_bounding_box"
            or "geo_radius" or "geo_polygon";

    private bool TryReadFieldTest(ref JsonCursor cursor)
    {
        if (cursor.NameIs("match"u8))
        {
            Begin(ref cursor);
            Match match = MatchJsonReader.Read(ref cursor);
            _ofKey = key => new MatchCondition(key, match);
        }
        else if (cursor.NameIs("range"u8))
        {
            Begin(ref cursor);
            _ofKey = RangeJsonReader.Read(ref cursor);
        }
        else if (cursor.NameIs("values_count"u8))
        {
            Begin(ref cursor);
            CountRange range = RangeJsonReader.ReadCounts(ref cursor);
            _ofKey = key => new ValuesCountCondition(key, range);
        }
        else if (cursor.NameIs("geo_bounding_box"u8))
        {
            Begin(ref cursor);
            _ofKey = GeoJsonReader.ReadBox(ref cursor);
        }
        else if (cursor.NameIs("geo_radius"u8))
        {
            Begin(ref cursor);
            _ofKey = GeoJsonReader.ReadRadius(ref cursor);
        }
        else if (cursor.NameIs("geo_polygon"u8))
        {
            Begin(ref cursor);
            GeoPolygon polygon = GeoJsonReader.ReadPolygon(ref cursor);
            _ofKey = key => new GeoPolygonCondition(key, polygon);
        }
        else
        {
            return TryReadEmptyOrNull(ref cursor);
        }

        return true;
    }

    /// <summary><c>is_empty</c> and <c>is_null</c> are written beside a key with a boolean, or alone with <c>{key}</c>.</summary>
    private bool TryReadEmptyOrNull(ref JsonCursor cursor)
    {
        bool isEmpty = cursor.NameIs("is_empty"u8);
        if (!isEmpty && !cursor.NameIs("is_null"u8))
            return false;
        Begin(ref cursor);
        if (cursor.Token == JsonTokenType.StartObject)
        {
            PayloadPath key = PathJsonReader.ReadKeyObject(ref cursor);
            _condition = isEmpty ? new IsEmptyCondition(key) : new IsNullCondition(key);
        }
        else
        {
            bool expected = cursor.GetBoolean();
            _ofKey = key => isEmpty ? new FieldIsEmptyCondition(key, expected) : new FieldIsNullCondition(key, expected);
        }

        return true;
    }

    private bool TryReadPointTest(ref JsonCursor cursor, ref FilterBudget budget)
    {
        if (cursor.NameIs("has_id"u8))
        {
            Begin(ref cursor);
            _condition = new HasIdCondition(ReadIds(ref cursor));
        }
        else if (cursor.NameIs("has_vector"u8))
        {
            Begin(ref cursor);
            _condition = new HasVectorCondition(MatchJsonReader.ReadText(ref cursor));
        }
        else if (cursor.NameIs("slice"u8))
        {
            Begin(ref cursor);
            _condition = ReadSlice(ref cursor);
        }
        else if (cursor.NameIs("nested"u8))
        {
            Begin(ref cursor);
            _condition = ReadNested(ref cursor, ref budget);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>Notes that the current member is the test; a second one would be ambiguous.</summary>
    private void Begin(ref JsonCursor cursor)
    {
        string name = cursor.Name;
        if (_test is not null)
            throw cursor.Error($"`{name}` and `{_test}` cannot be given in one condition");
        _test = name;
    }

    private readonly Condition ToCondition()
    {
        if (_isFilter && (_test is not null || _key is not null))
            throw new JsonFormatException(_path, $"a filter's parts and `{_test ?? "key"}` cannot be given in one condition");
        if (_condition is not null)
            return _key is null ? _condition : throw new JsonFormatException(_path, $"`{_test}` takes no `key` beside it");
        if (_ofKey is not null)
            return _ofKey(_key ?? throw JsonCursor.Missing(_path, "key"));
        return _key is null
            ? new FilterCondition(_filter)
            : throw new JsonValidationException(_path, $"of key {_key} alone", "must have at least one field condition specified");
    }

    private static List<PointId> ReadIds(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        var ids = new List<PointId>();
        cursor.BeginArray();
        while (cursor.NextItem())
        {
            ids.Add(cursor.Token switch
            {
                JsonTokenType.Number when cursor.Reader.TryGetUInt64(out ulong number) => PointId.FromNumber(number),
                JsonTokenType.String when PointId.TryParseUuid(cursor.GetString(), out PointId id) => id,
                _ => throw cursor.Unexpected("a point id (an unsigned 64-bit integer or a UUID)"),
            });
            if (ids.Count > FilterLimits.IdsMax)
                throw new JsonValidationException(path, $"of {ids.Count} ids or more", $"must be {FilterLimits.IdsMax} ids or fewer (IdsMax)");
        }

        return ids;
    }

    private static SliceCondition ReadSlice(ref JsonCursor cursor)
    {
        string path = cursor.Path;
        uint? total = null;
        uint? index = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("total"u8))
                total = ReadUInt32(ref cursor, from: 1);
            else if (cursor.NameIs("index"u8))
                index = ReadUInt32(ref cursor, from: 0);
            else
                throw cursor.UnknownMember();
        }

        uint slices = total ?? throw JsonCursor.Missing(path, "total");
        uint slice = index ?? throw JsonCursor.Missing(path, "index");
        return slice < slices
            ? new SliceCondition(slices, slice)
            : throw JsonValidationException.OutOfRange($"{path}.index", slice, 0, slices - 1);
    }

    private static uint ReadUInt32(ref JsonCursor cursor, uint from)
        => cursor.Token == JsonTokenType.Number && cursor.Reader.TryGetUInt32(out uint value) && value >= from
            ? value
            : throw cursor.Unexpected($"an integer from {from} to {uint.MaxValue}");

    private static NestedCondition ReadNested(ref JsonCursor cursor, ref FilterBudget budget)
    {
        string path = cursor.Path;
        PayloadPath? key = null;
        Filter? filter = null;
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            if (cursor.NameIs("key"u8))
                key = PathJsonReader.Read(ref cursor);
            else if (cursor.NameIs("filter"u8))
                filter = FilterJsonReader.Read(ref cursor, ref budget);
            else
                throw cursor.UnknownMember();
        }

        return new NestedCondition(
            key ?? throw JsonCursor.Missing(path, "key"), filter ?? throw JsonCursor.Missing(path, "filter"));
    }
}
