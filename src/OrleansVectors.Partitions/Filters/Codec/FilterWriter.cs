using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Filters.Codec;

/// <summary>Writes the layout of <see cref="FilterFormat"/>.</summary>
internal readonly struct FilterWriter(IBufferWriter<byte> target)
{
    public void WriteDocument(Filter filter)
    {
        WriteByte(FilterFormat.Version);
        WriteFilter(filter, depth: 1);
    }

    private void WriteFilter(Filter filter, int depth)
    {
        if (depth > FilterLimits.DepthMax)
        {
            throw new FilterFormatException(
                0, $"value {depth} of {nameof(FilterLimits.DepthMax)} invalid, must be at most {FilterLimits.DepthMax}");
        }

        WriteConditions(filter.Must, depth);
        WriteConditions(filter.Should, depth);
        WriteConditions(filter.MustNot, depth);
        WriteBoolean(filter.MinShould is not null);
        if (filter.MinShould is not null)
        {
            WriteConditions(filter.MinShould.Conditions, depth);
            WriteVarint((ulong)filter.MinShould.MinCount);
        }
    }

    private void WriteConditions(IReadOnlyList<Condition> conditions, int depth)
    {
        WriteVarint((ulong)conditions.Count);
        foreach (Condition condition in conditions)
        {
            WriteCondition(condition, depth);
        }
    }

    private void WriteCondition(Condition condition, int depth)
    {
        switch (condition)
        {
            case FilterCondition inner:
                WriteKind(FilterConditionKind.Filter);
                WriteFilter(inner.Filter, depth + 1);
                break;
            case MatchCondition match:
                WriteKind(FilterConditionKind.Match, match.Key);
                WriteMatch(match.Match);
                break;
            case RangeCondition range:
                WriteKind(FilterConditionKind.Range, range.Key);
                WriteBounds(range.Range.Lt, range.Range.Gt, range.Range.Lte, range.Range.Gte, WriteDouble);
                break;
            case DateTimeRangeCondition range:
                WriteKind(FilterConditionKind.DateTimeRange, range.Key);
                WriteBounds(range.Range.Lt, range.Range.Gt, range.Range.Lte, range.Range.Gte, WriteInteger);
                break;
            case ValuesCountCondition count:
                WriteKind(FilterConditionKind.ValuesCount, count.Key);
                WriteBounds(count.Range.Lt, count.Range.Gt, count.Range.Lte, count.Range.Gte, WriteVarint);
                break;
            case IsEmptyCondition empty:
                WriteKind(FilterConditionKind.IsEmpty, empty.Key);
                break;
            case IsNullCondition isNull:
                WriteKind(FilterConditionKind.IsNull, isNull.Key);
                break;
            case FieldIsEmptyCondition empty:
                WriteKind(FilterConditionKind.FieldIsEmpty, empty.Key);
                WriteBoolean(empty.Expected);
                break;
            case FieldIsNullCondition isNull:
                WriteKind(FilterConditionKind.FieldIsNull, isNull.Key);
                WriteBoolean(isNull.Expected);
                break;
            case NestedCondition nested:
                WriteKind(FilterConditionKind.Nested, nested.Key);
                WriteFilter(nested.Filter, depth + 1);
                break;
            default:
                WritePlaceOrPoint(condition);
                break;
        }
    }

    private void WritePlaceOrPoint(Condition condition)
    {
        switch (condition)
        {
            case GeoBoundingBoxCondition box:
                WriteKind(FilterConditionKind.GeoBoundingBox, box.Key);
                WritePlace(box.TopLeft);
                WritePlace(box.BottomRight);
                break;
            case GeoRadiusCondition radius:
                WriteKind(FilterConditionKind.GeoRadius, radius.Key);
                WritePlace(radius.Center);
                WriteDouble(radius.RadiusMeters);
                break;
            case GeoPolygonCondition polygon:
                WriteKind(FilterConditionKind.GeoPolygon, polygon.Key);
                WriteList(polygon.Polygon.Exterior, WritePlace);
                FilterWriter self = this;
                WriteList(polygon.Polygon.Interiors, ring => self.WriteList(ring, self.WritePlace));
                break;
            case HasIdCondition hasId:
                WriteKind(FilterConditionKind.HasId);
                WriteList(hasId.Ids, WriteId);
                break;
            case HasVectorCondition hasVector:
                WriteKind(FilterConditionKind.HasVector);
                WriteString(hasVector.VectorName);
                break;
            case SliceCondition slice:
                WriteKind(FilterConditionKind.Slice);
                WriteVarint(slice.Total);
                WriteVarint(slice.Index);
                break;
            default:
                throw new UnreachableException($"condition {condition.GetType().Name} has no encoding");
        }
    }

    private void WriteMatch(Match match)
    {
        switch (match)
        {
            case MatchString text:
                WriteByte((byte)FilterMatchKind.String);
                WriteString(text.Value);
                break;
            case MatchInteger number:
                WriteByte((byte)FilterMatchKind.Integer);
                WriteInteger(number.Value);
                break;
            case MatchBoolean boolean:
                WriteByte((byte)FilterMatchKind.Boolean);
                WriteBoolean(boolean.Value);
                break;
            case MatchAny any:
                WriteByte((byte)FilterMatchKind.Any);
                WriteSet(any.Values);
                break;
            case MatchExcept except:
                WriteByte((byte)FilterMatchKind.Except);
                WriteSet(except.Values);
                break;
            case MatchText text:
                WriteByte((byte)FilterMatchKind.Text);
                WriteByte((byte)text.Mode);
                WriteString(text.Text);
                break;
            default:
                throw new UnreachableException($"match {match.GetType().Name} has no encoding");
        }
    }

    private void WriteSet(MatchSet set)
    {
        WriteList(set.Strings, WriteString);
        WriteList(set.Integers, WriteInteger);
    }

    private void WriteBounds<T>(T? lt, T? gt, T? lte, T? gte, Action<T> write)
        where T : struct
    {
        WriteByte((byte)((lt.HasValue ? FilterFormat.LtFlag : 0) | (gt.HasValue ? FilterFormat.GtFlag : 0)
            | (lte.HasValue ? FilterFormat.LteFlag : 0) | (gte.HasValue ? FilterFormat.GteFlag : 0)));
        foreach (T? bound in new[] { lt, gt, lte, gte })
        {
            if (bound.HasValue)
            {
                write(bound.Value);
            }
        }
    }

    private void WriteList<T>(IReadOnlyList<T> values, Action<T> write)
    {
        WriteVarint((ulong)values.Count);
        foreach (T value in values)
        {
            write(value);
        }
    }

    private void WriteKind(FilterConditionKind kind, PayloadPath path)
    {
        WriteKind(kind);
        WriteVarint((ulong)path.Steps.Length);
        foreach (PayloadStep step in path.Steps)
        {
            WriteByte((byte)step.Kind);
            switch (step.Kind)
            {
                case PayloadStepKind.Key:
                    WriteString(step.Key);
                    break;
                case PayloadStepKind.Index:
                    WriteVarint((ulong)step.Index);
                    break;
            }
        }
    }

    private void WriteKind(FilterConditionKind kind) => WriteByte((byte)kind);

    private void WritePlace(GeoPoint place)
    {
        WriteDouble(place.Lon);
        WriteDouble(place.Lat);
    }

    private void WriteId(PointId id)
    {
        WriteBoolean(id.IsUuid);
        if (id.IsUuid)
        {
            BinaryPrimitives.WriteUInt128BigEndian(target.GetSpan(16), id.Bits);
            target.Advance(16);
        }
        else
        {
            WriteVarint(id.Number);
        }
    }

    private void WriteString(string text)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        WriteVarint((ulong)count);
        target.Advance(Encoding.UTF8.GetBytes(text, target.GetSpan(count)));
    }

    private void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(target.GetSpan(sizeof(double)), value);
        target.Advance(sizeof(double));
    }

    private void WriteInteger(long value) => WriteVarint(PayloadFormat.ZigZag(value));

    private void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            WriteByte((byte)(value | 0x80));
        }

        WriteByte((byte)value);
    }

    private void WriteByte(byte value)
    {
        target.GetSpan(1)[0] = value;
        target.Advance(1);
    }
}
