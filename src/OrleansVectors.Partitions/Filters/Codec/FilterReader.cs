using System.Collections.Immutable;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Codec;

/// <summary>Reads the layout of <see cref="FilterFormat"/>, trusting nothing.</summary>
internal ref struct FilterReader(ReadOnlySpan<byte> encoded)
{
    private FilterBytes _bytes = new(encoded);
    private int _conditions;

    public Filter ReadDocument()
    {
        byte version = _bytes.ReadByte();
        if (version != FilterFormat.Version)
        {
            throw _bytes.Error($"version {version} is unknown");
        }

        Filter filter = ReadFilter(depth: 1);
        return _bytes.IsEnd ? filter : throw _bytes.Error("bytes follow the filter");
    }

    private Filter ReadFilter(int depth)
    {
        if (depth > FilterLimits.DepthMax)
        {
            throw _bytes.Error($"value {depth} of {nameof(FilterLimits.DepthMax)} invalid, must be at most {FilterLimits.DepthMax}");
        }

        return new Filter
        {
            Must = ReadConditions(depth),
            Should = ReadConditions(depth),
            MustNot = ReadConditions(depth),
            MinShould = _bytes.ReadBoolean() ? ReadMinShould(depth) : null,
        };
    }

    private MinShould ReadMinShould(int depth)
        => new(ReadConditions(depth), _bytes.ReadInt32());

    private Condition[] ReadConditions(int depth)
    {
        var conditions = new Condition[_bytes.ReadCount(FilterLimits.ConditionsMax, nameof(FilterLimits.ConditionsMax))];
        _conditions += conditions.Length;
        if (_conditions > FilterLimits.ConditionsMax)
        {
            throw _bytes.Error(
                $"value {_conditions} of {nameof(FilterLimits.ConditionsMax)} invalid, must be at most {FilterLimits.ConditionsMax}");
        }

        for (int i = 0; i < conditions.Length; i++)
        {
            conditions[i] = ReadCondition(depth);
        }

        return conditions;
    }

    private Condition ReadCondition(int depth)
    {
        var kind = (FilterConditionKind)_bytes.ReadByte();
        return kind switch
        {
            FilterConditionKind.Filter => new FilterCondition(ReadFilter(depth + 1)),
            FilterConditionKind.Match => new MatchCondition(ReadPath(), ReadMatch()),
            FilterConditionKind.Range => new RangeCondition(ReadPath(), ReadNumberRange()),
            FilterConditionKind.DateTimeRange => new DateTimeRangeCondition(ReadPath(), ReadDateTimeRange()),
            FilterConditionKind.ValuesCount => new ValuesCountCondition(ReadPath(), ReadCountRange()),
            FilterConditionKind.IsEmpty => new IsEmptyCondition(ReadPath()),
            FilterConditionKind.IsNull => new IsNullCondition(ReadPath()),
            FilterConditionKind.FieldIsEmpty => new FieldIsEmptyCondition(ReadPath(), _bytes.ReadBoolean()),
            FilterConditionKind.FieldIsNull => new FieldIsNullCondition(ReadPath(), _bytes.ReadBoolean()),
            FilterConditionKind.GeoBoundingBox => new GeoBoundingBoxCondition(ReadPath(), ReadPlace(), ReadPlace()),
            FilterConditionKind.GeoRadius => new GeoRadiusCondition(ReadPath(), ReadPlace(), ReadRadius()),
            FilterConditionKind.GeoPolygon => new GeoPolygonCondition(ReadPath(), ReadPolygon()),
            FilterConditionKind.Nested => new NestedCondition(ReadPath(), ReadFilter(depth + 1)),
            FilterConditionKind.HasId => new HasIdCondition(ReadIds()),
            FilterConditionKind.HasVector => new HasVectorCondition(_bytes.ReadString()),
            FilterConditionKind.Slice => ReadSlice(),
            _ => throw _bytes.Error($"condition kind {(byte)kind} is unknown"),
        };
    }

    private Match ReadMatch()
    {
        var kind = (FilterMatchKind)_bytes.ReadByte();
        return kind switch
        {
            FilterMatchKind.String => new MatchString(_bytes.ReadString()),
            FilterMatchKind.Integer => new MatchInteger(_bytes.ReadInteger()),
            FilterMatchKind.Boolean => new MatchBoolean(_bytes.ReadBoolean()),
            FilterMatchKind.Any => new MatchAny(ReadSet()),
            FilterMatchKind.Except => new MatchExcept(ReadSet()),
            FilterMatchKind.Text => new MatchText(ReadTextMode(), _bytes.ReadString()),
            _ => throw _bytes.Error($"match kind {(byte)kind} is unknown"),
        };
    }

    private MatchTextMode ReadTextMode()
    {
        var mode = (MatchTextMode)_bytes.ReadByte();
        return mode <= MatchTextMode.Prefix ? mode : throw _bytes.Error($"text mode {(byte)mode} is unknown");
    }

    private MatchSet ReadSet()
    {
        var strings = new string[_bytes.ReadCount(FilterLimits.MatchValuesMax, nameof(FilterLimits.MatchValuesMax))];
        for (int i = 0; i < strings.Length; i++)
        {
            strings[i] = _bytes.ReadString();
        }

        var integers = new long[_bytes.ReadCount(FilterLimits.MatchValuesMax, nameof(FilterLimits.MatchValuesMax))];
        for (int i = 0; i < integers.Length; i++)
        {
            integers[i] = _bytes.ReadInteger();
        }

        if (strings.Length > 0 && integers.Length > 0)
        {
            throw _bytes.Error("a set holds both texts and integers");
        }

        return integers.Length > 0 ? MatchSet.OfIntegers(integers) : MatchSet.OfStrings(strings);
    }

    private NumberRange ReadNumberRange()
    {
        byte flags = ReadFlags();
        return new NumberRange(
            (flags & FilterFormat.LtFlag) != 0 ? _bytes.ReadDouble() : null,
            (flags & FilterFormat.GtFlag) != 0 ? _bytes.ReadDouble() : null,
            (flags & FilterFormat.LteFlag) != 0 ? _bytes.ReadDouble() : null,
            (flags & FilterFormat.GteFlag) != 0 ? _bytes.ReadDouble() : null);
    }

    private DateTimeRange ReadDateTimeRange()
    {
        byte flags = ReadFlags();
        return new DateTimeRange(
            (flags & FilterFormat.LtFlag) != 0 ? _bytes.ReadInteger() : null,
            (flags & FilterFormat.GtFlag) != 0 ? _bytes.ReadInteger() : null,
            (flags & FilterFormat.LteFlag) != 0 ? _bytes.ReadInteger() : null,
            (flags & FilterFormat.GteFlag) != 0 ? _bytes.ReadInteger() : null);
    }

    private CountRange ReadCountRange()
    {
        byte flags = ReadFlags();
        return new CountRange(
            (flags & FilterFormat.LtFlag) != 0 ? _bytes.ReadVarint() : null,
            (flags & FilterFormat.GtFlag) != 0 ? _bytes.ReadVarint() : null,
            (flags & FilterFormat.LteFlag) != 0 ? _bytes.ReadVarint() : null,
            (flags & FilterFormat.GteFlag) != 0 ? _bytes.ReadVarint() : null);
    }

    private byte ReadFlags()
    {
        byte flags = _bytes.ReadByte();
        return flags <= 15 ? flags : throw _bytes.Error($"range flags {flags} are unknown");
    }

    private GeoPoint ReadPlace()
    {
        var place = new GeoPoint(_bytes.ReadDouble(), _bytes.ReadDouble());
        return place.IsValid ? place : throw _bytes.Error($"place {place.Lon}, {place.Lat} is not on the globe");
    }

    private double ReadRadius()
    {
        double radius = _bytes.ReadDouble();
        return radius >= 0 ? radius : throw _bytes.Error($"radius {radius} is negative");
    }

    private GeoPolygon ReadPolygon()
    {
        GeoPoint[] exterior = ReadRing();
        var interiors = new GeoPoint[_bytes.ReadCount(FilterLimits.PolygonHolesMax, nameof(FilterLimits.PolygonHolesMax))][];
        for (int i = 0; i < interiors.Length; i++)
        {
            interiors[i] = ReadRing();
        }

        return new GeoPolygon(exterior, interiors);
    }

    private GeoPoint[] ReadRing()
    {
        var ring = new GeoPoint[_bytes.ReadCount(FilterLimits.PolygonPointsMax, nameof(FilterLimits.PolygonPointsMax))];
        for (int i = 0; i < ring.Length; i++)
        {
            ring[i] = ReadPlace();
        }

        return GeoPolygon.IsRing(ring) ? ring : throw _bytes.Error("a polygon's ring is not closed");
    }

    private PointId[] ReadIds()
    {
        var ids = new PointId[_bytes.ReadCount(FilterLimits.IdsMax, nameof(FilterLimits.IdsMax))];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = _bytes.ReadBoolean()
                ? PointId.FromBits(_bytes.ReadUInt128(), isUuid: true)
                : PointId.FromNumber(_bytes.ReadVarint());
        }

        return ids;
    }

    private SliceCondition ReadSlice()
    {
        ulong total = _bytes.ReadVarint();
        ulong index = _bytes.ReadVarint();
        return total <= uint.MaxValue && index < total
            ? new SliceCondition((uint)total, (uint)index)
            : throw _bytes.Error($"slice {index} of {total} does not exist");
    }

    private PayloadPath ReadPath()
    {
        int count = _bytes.ReadCount(PayloadLimits.PathCharsMax, nameof(PayloadLimits.PathCharsMax));
        ImmutableArray<PayloadStep>.Builder steps = ImmutableArray.CreateBuilder<PayloadStep>(count);
        for (int i = 0; i < count; i++)
        {
            var kind = (PayloadStepKind)_bytes.ReadByte();
            steps.Add(kind switch
            {
                PayloadStepKind.Key => PayloadStep.IntoKey(_bytes.ReadString()),
                PayloadStepKind.Index => PayloadStep.IntoIndex(_bytes.ReadInt32()),
                PayloadStepKind.Every => PayloadStep.Every,
                _ => throw _bytes.Error($"path step kind {(byte)kind} is unknown"),
            });
        }

        return count > 0 && steps[0].Kind == PayloadStepKind.Key
            ? PayloadPath.FromSteps(steps.ToImmutable())
            : throw _bytes.Error("a path does not start with a key");
    }
}
