using OrleansVectors.Partitions.Binary;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Filters.Resolution;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Writing;

/// <summary>
/// Applies logged operations to the state, one list at a time: deterministic, no I/O, the same code for a fresh write and
/// for recovery.
/// </summary>
/// <remarks>
/// All operations of a list share its sequence and become visible together, when the new state is published at the end.
/// An operation that cannot be carried out whole changes nothing and says why. Old versions of points are never touched
/// but to note their end, so readers at an earlier sequence go on undisturbed.
/// </remarks>
internal sealed class OperationApplier(PartitionState state)
{
    private readonly PointTable _table = state.Table;
    private readonly List<uint> _selected = [];
    private long _livePoints;

    /// <summary>Sets the count that a recovery found.</summary>
    public void Restore(long livePoints) => _livePoints = livePoints;

    /// <summary>Applies an encoded operation list and publishes the result.</summary>
    /// <param name="sequence">Its number in the log.</param>
    /// <param name="operations">The list.</param>
    /// <param name="also">Done as of the same sequence, behind the operations; null for nothing.</param>
    /// <exception cref="OperationFormatException">The bytes are not an operation list of a known version.</exception>
    public OperationOutcome Apply(ulong sequence, ReadOnlyMemory<byte> operations, Action<ulong>? also = null)
    {
        ByteReader reader = new(operations.Span);
        byte version = reader.Byte();
        if (version != OperationEncoder.Version)
        {
            throw new OperationFormatException($"operations of version {version}, known is {OperationEncoder.Version}");
        }

        OperationRefusal? refusal = null;
        for (int left = reader.Count(); left > 0; left--)
        {
            refusal = ApplyOne(ref reader, sequence) ?? refusal;
        }

        also?.Invoke(sequence);
        state.Publish(new AppliedState(sequence, _table.Count, _livePoints) { Versions = _table.Versions });
        state.PayloadIndexes.Published(sequence);
        state.FreeRetired();
        return new OperationOutcome(sequence, refusal);
    }

    /// <summary>
    /// Moves live versions from the highest ordinals into free lower ones, so that the end can be given up. Each becomes a
    /// new version of its point, with all that belongs to it, even when it was written.
    /// </summary>
    /// <param name="sequence">The sequence of the move: an operation list of its own, so that readers see each point once.</param>
    /// <param name="pointsMax">Points that are moved at most.</param>
    /// <returns>Points that were moved.</returns>
    public int Relocate(ulong sequence, int pointsMax)
    {
        int moved = 0;
        for (uint ordinal = _table.Count; ordinal-- > 0 && moved < pointsMax && _table.NextOrdinal() < ordinal;)
        {
            if (_table.IsLive(ordinal))
            {
                Move(ordinal, sequence);
                moved++;
            }
        }

        return moved;
    }

    private void Move(uint old, ulong sequence)
    {
        PointId id = _table.Id(old);
        ReadOnlySpan<byte> payload = state.Payloads.Read(_table.Payload(old), sequence, out ulong version);
        ulong written = _table.IsMoved(old) ? version : Math.Max(version, _table.Created(old));
        long record = payload.IsEmpty ? -(long)written : state.Payloads.Append(written, 0, _table.NextOrdinal(), payload);
        uint ordinal = _table.Add(id, sequence, record, old, PointRow.MovedFlag);
        state.PayloadIndexes.Added(ordinal, sequence);
        foreach (VectorField field in state.Fields)
        {
            field.Write(ordinal, field.Vector(old));
        }

        Lead(id, ordinal, old, sequence);
    }

    private OperationRefusal? ApplyOne(ref ByteReader reader, ulong sequence)
    {
        OperationKind kind = (OperationKind)reader.Byte();
        return kind switch
        {
            OperationKind.Upsert => Upsert(ref reader, sequence),
            OperationKind.Delete => Delete(ref reader, sequence),
            OperationKind.UpdateVectors => UpdateVectors(ref reader, sequence),
            OperationKind.DeleteVectors => DeleteVectors(ref reader, sequence),
            OperationKind.SetPayload => SetPayload(ref reader, sequence),
            OperationKind.OverwritePayload => OverwritePayload(ref reader, sequence),
            OperationKind.DeletePayloadKeys => DeletePayloadKeys(ref reader, sequence),
            OperationKind.ClearPayload => ChangePayloads(ref reader, sequence, static _ => PayloadDocument.Empty),
            _ => throw new OperationFormatException($"an operation of kind {(byte)kind}"),
        };
    }

    private OperationRefusal? Upsert(ref ByteReader reader, ulong sequence)
    {
        UpsertMode mode = (UpsertMode)reader.Byte();
        RowMatcher? condition = ReadOptionalFilter(ref reader);
        int count = reader.Count();
        OperationRefusal? refusal = mode == UpsertMode.UpdateOnly ? null : RefuseBeyondCapacity(reader, count);
        long payloadRoom = PayloadHeap.BytesMax - state.Payloads.LiveBytes;
        if (refusal is null && PayloadBytesAhead(reader, count) > payloadRoom)
        {
            refusal = OperationRefusal.Full($"the partition is full: payloads may take {PayloadHeap.BytesMax} bytes, {payloadRoom} are left");
        }

        refusal ??= RefuseBeyondRows(reader, count, withPayload: true);
        for (; count > 0; count--)
        {
            PointId id = reader.Id();
            ReadOnlySpan<byte> payload = reader.Bytes();
            VectorsAhead vectors = VectorsAhead.Read(ref reader);
            uint old = Live(id, out uint newest);
            bool exists = old != PointRow.NoPrevious;
            bool passedOver = refusal is not null
                || (exists ? mode == UpsertMode.InsertOnly : mode == UpsertMode.UpdateOnly)
                || (exists && condition is { } filter && !filter.Matches(old, sequence));
            if (passedOver)
            {
                continue;
            }

            long record = PayloadView.OfDocument(payload).IsEmptyContainer
                ? 0
                : state.Payloads.Append(sequence, 0, _table.NextOrdinal(), payload);
            uint ordinal = _table.Add(id, sequence, record, newest);
            state.PayloadIndexes.Added(ordinal, sequence);
            foreach (VectorField field in state.Fields)
            {
                field.Write(ordinal, vectors.Of(field.Schema.Number));
            }

            Lead(id, ordinal, old, sequence);
        }

        return refusal;
    }

    private OperationRefusal? Delete(ref ByteReader reader, ulong sequence)
    {
        Select(ref reader, sequence);
        foreach (uint ordinal in _selected)
        {
            End(ordinal, sequence);
            _livePoints--;
        }

        return null;
    }

    private OperationRefusal? UpdateVectors(ref ByteReader reader, ulong sequence)
    {
        RowMatcher? condition = ReadOptionalFilter(ref reader);
        int count = reader.Count();
        OperationRefusal? refusal = RefuseBeyondRows(reader, count, withPayload: false);
        for (; count > 0; count--)
        {
            PointId id = reader.Id();
            VectorsAhead vectors = VectorsAhead.Read(ref reader);
            uint old = Live(id, out _);
            if (refusal is null && old != PointRow.NoPrevious && (condition is not { } filter || filter.Matches(old, sequence)))
            {
                Renew(old, sequence, vectors, without: null);
            }
        }

        return refusal;
    }

    private OperationRefusal? DeleteVectors(ref ByteReader reader, ulong sequence)
    {
        Select(ref reader, sequence);
        HashSet<ushort> numbers = [];
        for (int left = reader.Count(); left > 0; left--)
        {
            numbers.Add(reader.UInt16());
        }

        _selected.RemoveAll(ordinal => !state.Fields.Any(field => numbers.Contains(field.Schema.Number) && field.Has(ordinal)));
        foreach (uint ordinal in _selected)
        {
            Renew(ordinal, sequence, given: default, without: numbers);
        }

        return null;
    }

    private OperationRefusal? SetPayload(ref ByteReader reader, ulong sequence)
    {
        Select(ref reader, sequence);
        byte[] patch = reader.Bytes().ToArray();
        PayloadPath? key = reader.Byte() == 0 ? null : PayloadPath.Parse(reader.Text());
        return ChangeSelected(sequence, old => key is null
            ? PayloadEdit.Merge(PayloadView.OfDocument(old), PayloadView.OfDocument(patch))
            : PayloadEdit.MergeAt(PayloadView.OfDocument(old), key, PayloadView.OfDocument(patch)));
    }

    private OperationRefusal? OverwritePayload(ref ByteReader reader, ulong sequence)
    {
        Select(ref reader, sequence);
        PayloadDocument payload = PayloadDocument.FromTrusted(reader.Bytes().ToArray());
        return ChangeSelected(sequence, _ => payload);
    }

    private OperationRefusal? DeletePayloadKeys(ref ByteReader reader, ulong sequence)
    {
        Select(ref reader, sequence);
        PayloadPath[] keys = new PayloadPath[reader.Count()];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = PayloadPath.Parse(reader.Text());
        }

        return ChangeSelected(sequence, old => PayloadEdit.DeleteKeys(PayloadView.OfDocument(old), keys));
    }

    private OperationRefusal? ChangePayloads(ref ByteReader reader, ulong sequence, PayloadChange change)
    {
        Select(ref reader, sequence);
        return ChangeSelected(sequence, change);
    }

    /// <summary>Computes all new payloads first, so that one that grows beyond its limit leaves all as they were.</summary>
    private OperationRefusal? ChangeSelected(ulong sequence, PayloadChange change)
    {
        List<PayloadDocument> changed = new(_selected.Count);
        long bytes = 0;
        foreach (uint ordinal in _selected)
        {
            try
            {
                PayloadDocument payload = change(PayloadOf(ordinal, sequence));
                bytes += PayloadHeap.RecordBytes(payload.Encoded.Length);
                bytes -= _table.Payload(ordinal) > 0 ? PayloadHeap.RecordBytes(PayloadOf(ordinal, sequence).Length) : 0;
                changed.Add(payload);
            }
            catch (PayloadException limit)
            {
                return OperationRefusal.Impossible($"payload of point {_table.Id(ordinal)}: {limit.Message}");
            }
        }

        if (bytes > 0 && state.Payloads.LiveBytes + bytes > PayloadHeap.BytesMax)
        {
            return OperationRefusal.Full(
                $"the partition is full: payloads would take {state.Payloads.LiveBytes + bytes} bytes, at most {PayloadHeap.BytesMax} are possible");
        }

        for (int i = 0; i < changed.Count; i++)
        {
            uint ordinal = _selected[i];
            state.PayloadIndexes.PayloadChanging(ordinal, sequence);
            long before = _table.Payload(ordinal);
            _table.SetPayload(ordinal, state.Payloads.Append(sequence, before, ordinal, changed[i].Encoded));
            state.PayloadIndexes.PayloadChanged(ordinal);
            state.Payloads.Discard(before);
        }

        return null;
    }

    /// <summary>Gives a point a new version with the same id and payload: some vectors given anew, some left out.</summary>
    private void Renew(uint old, ulong sequence, VectorsAhead given, HashSet<ushort>? without)
    {
        PointId id = _table.Id(old);
        ReadOnlySpan<byte> payload = state.Payloads.Read(_table.Payload(old), sequence, out _);
        long record = payload.IsEmpty ? 0 : state.Payloads.Append(sequence, 0, _table.NextOrdinal(), payload);
        uint ordinal = _table.Add(id, sequence, record, old);
        state.PayloadIndexes.Added(ordinal, sequence);
        foreach (VectorField field in state.Fields)
        {
            ushort number = field.Schema.Number;
            ReadOnlySpan<float> vector = given.Of(number);
            if (vector.IsEmpty && without?.Contains(number) != true)
            {
                vector = field.Vector(old);
            }

            field.Write(ordinal, vector);
        }

        Lead(id, ordinal, old, sequence);
    }

    /// <summary>Makes a stored version the newest of its id and ends the one before.</summary>
    private void Lead(PointId id, uint ordinal, uint old, ulong sequence)
    {
        if (state.Ids.Put(id, ordinal) is { } outgrown)
        {
            state.Retire(outgrown);
        }

        if (old == PointRow.NoPrevious)
        {
            _livePoints++;
        }
        else
        {
            End(old, sequence);
        }
    }

    private void End(uint ordinal, ulong sequence)
    {
        state.PayloadIndexes.Ending(ordinal, sequence);
        _table.MarkDeleted(ordinal, sequence);
        state.Payloads.Discard(_table.Payload(ordinal));
        foreach (VectorField field in state.Fields)
        {
            field.End(ordinal);
        }
    }

    /// <summary>The live version of an id, and the newest, which may be a deleted one.</summary>
    private uint Live(PointId id, out uint newest)
    {
        newest = state.Ids.Newest(id);
        return newest != PointRow.NoPrevious && _table.IsVisible(newest, ulong.MaxValue - 1) ? newest : PointRow.NoPrevious;
    }

    private ReadOnlySpan<byte> PayloadOf(uint ordinal, ulong sequence)
    {
        ReadOnlySpan<byte> payload = state.Payloads.Read(_table.Payload(ordinal), sequence, out _);
        return payload.IsEmpty ? PayloadDocument.Empty.Encoded : payload;
    }

    private void Select(ref ByteReader reader, ulong sequence)
    {
        _selected.Clear();
        switch (reader.Byte())
        {
            case 0:
                HashSet<uint> seen = [];
                for (int left = reader.Count(); left > 0; left--)
                {
                    uint ordinal = Live(reader.Id(), out _);
                    if (ordinal != PointRow.NoPrevious && seen.Add(ordinal))
                    {
                        _selected.Add(ordinal);
                    }
                }

                break;
            case 1:
                Filter filter = FilterCodec.Decode(reader.Bytes());
                AppliedState now = new(sequence, _table.Count, _livePoints);
                using (FilterMatches matches = FilterResolver.Resolve(state, filter, new RowMatcher(state, filter), now, ResolutionLimits.All))
                {
                    _selected.AddRange(matches.Ordinals(CancellationToken.None));
                }

                break;
            case var kind:
                throw new OperationFormatException($"a selection of kind {kind}");
        }
    }

    private RowMatcher? ReadOptionalFilter(ref ByteReader reader)
        => reader.Byte() == 0 ? null : new RowMatcher(state, FilterCodec.Decode(reader.Bytes()));

    /// <summary>
    /// Refuses by live points alone: how many ended versions still have an ordinal depends on readers and indexing, and a
    /// replay has to come to the same end.
    /// </summary>
    private OperationRefusal? RefuseBeyondCapacity(ByteReader reader, int count)
    {
        if (_livePoints + count <= _table.PointsMax)
        {
            return null;
        }

        HashSet<PointId> added = [];
        for (; count > 0; count--)
        {
            PointId id = reader.Id();
            reader.Bytes();
            VectorsAhead.Read(ref reader);
            if (Live(id, out _) == PointRow.NoPrevious)
            {
                added.Add(id);
            }
        }

        return _livePoints + added.Count <= _table.PointsMax
            ? null
            : OperationRefusal.Full(
                $"the partition is full: it would hold {_livePoints + added.Count} points, at most {_table.PointsMax} are possible");
    }

    /// <summary>Refuses points whose multi-vectors have more rows than there is room for.</summary>
    private OperationRefusal? RefuseBeyondRows(ByteReader reader, int count, bool withPayload)
    {
        foreach (VectorField field in state.Fields)
        {
            if (field.Multi is { } multi && RowsAhead(reader, count, withPayload, field) is var rows && !multi.HasRoomFor(rows))
            {
                return OperationRefusal.Full(
                    $"the partition is full: vector `{field.Schema.Name}` would have {multi.LiveRows + rows} rows, at most {multi.LiveRowsMax} are possible");
            }
        }

        return null;
    }

    /// <summary>Rows that the points will have; those an update does not mention are copied.</summary>
    private long RowsAhead(ByteReader reader, int count, bool withPayload, VectorField field)
    {
        long rows = 0;
        for (; count > 0; count--)
        {
            PointId id = reader.Id();
            if (withPayload)
            {
                reader.Bytes();
            }

            int given = VectorsAhead.Read(ref reader).Of(field.Schema.Number).Length / field.Schema.Dim;
            rows += given == 0 && !withPayload && Live(id, out _) is var old && old != PointRow.NoPrevious && field.Has(old)
                ? field.Multi!.Lookup.ExtentOf(old).Count
                : given;
        }

        return rows;
    }

    private static long PayloadBytesAhead(ByteReader reader, int count)
    {
        long bytes = 0;
        for (; count > 0; count--)
        {
            reader.Id();
            bytes += PayloadHeap.RecordBytes(reader.Bytes().Length);
            VectorsAhead.Read(ref reader);
        }

        return bytes;
    }

    private delegate PayloadDocument PayloadChange(ReadOnlySpan<byte> old);

    /// <summary>The vectors of one point as they lie in the operation's bytes.</summary>
    private readonly ref struct VectorsAhead(ReadOnlySpan<byte> bytes, int count)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public static VectorsAhead Read(ref ByteReader reader)
        {
            int count = reader.Count();
            ReadOnlySpan<byte> start = reader.Rest;
            for (int i = 0; i < count; i++)
            {
                reader.UInt16();
                reader.Floats(reader.Count());
            }

            return new VectorsAhead(start, count);
        }

        public ReadOnlySpan<float> Of(ushort number)
        {
            ByteReader reader = new(_bytes);
            for (int i = 0; i < count; i++)
            {
                ushort found = reader.UInt16();
                ReadOnlySpan<float> values = reader.Floats(reader.Count());
                if (found == number)
                {
                    return values;
                }
            }

            return default;
        }
    }
}
