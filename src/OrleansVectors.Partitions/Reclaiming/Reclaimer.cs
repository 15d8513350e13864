using OrleansVectors.Partitions.Rows;
using OrleansVectors.Partitions.Vectors;

namespace OrleansVectors.Partitions.Reclaiming;

/// <summary>
/// Makes the ordinals, vectors and payloads of ended versions usable again, in steps between two operations. The
/// applier's thread only.
/// </summary>
/// <remarks>
/// The life of an ended version, each step only after the one before:
/// 1. the operation that ended it is published, and every reader that was inside has left: nobody can see it;
/// 2. no index knows it: the background takes it out of graphs, in batches;
/// 3. it is cut off: its id and its later version lead to it no more, and the fields forget it;
/// 4. every reader that was inside then has left: nobody can come across it, and its ordinal is free.
/// A checkpoint is inside the gate while it is written, so nothing that was alive at its cut is used again before it has
/// been copied. What dies and is freed between two checkpoints may be overwritten while a third is written: then it is
/// dead in that one too, and its bytes do not matter.
/// </remarks>
internal sealed class Reclaimer(PartitionState state) : IDisposable
{
    /// <summary>Ended versions that one step looks at, at most.</summary>
    private const int StepOrdinals = 16 << 10;

    /// <summary>Ended versions that are worth looking for, and</summary>
    private const long EndedMin = 64;

    /// <summary>one in this many rows.</summary>
    private const int EndedShare = 64;

    /// <summary>Memory behind the last row is given back when it is more than this many bytes.</summary>
    private const long ShrinkBytesMin = 1 << 20;

    private readonly PointTable _table = state.Table;
    private readonly OrdinalSet _cut = new("cut off", state.Table.OrdinalsMax);
    private long _cutEpoch;
    private ulong _unseen;
    private (ulong Sequence, long Epoch)? _watched;
    private uint _next;
    private long _lookedAtDead;

    /// <summary>Whether so many versions have ended since the last pass that another is worth it.</summary>
    public bool IsDue => _table.Dead.Count - _lookedAtDead > Math.Max(EndedMin, _table.Count / EndedShare);

    /// <summary>Starts a pass over what has ended until now; what an index knew the last time is looked at again.</summary>
    public void Begin()
    {
        _next = 0;
        ulong applied = state.Applied.Sequence;
        if (_watched is null && applied > _unseen)
        {
            _watched = (applied, state.Gate.Epoch);
        }
    }

    /// <summary>Does a part of what can be done now.</summary>
    public ReclaimProgress Step()
    {
        Watch();
        bool didWork = FreeCut();
        bool payloadsWait = state.Payloads.Reclaim(state.Gate);
        didWork |= state.Payloads.Compact(_table);
        didWork |= CutOff(out bool looked);
        DropEnd();
        state.FreeRetired();
        return didWork || looked ? ReclaimProgress.More
            : _cut.Count > 0 || payloadsWait || _watched is not null ? ReclaimProgress.WaitsForReaders
            : ReclaimProgress.Done;
    }

    public void Dispose() => _cut.Dispose();

    /// <summary>Finds out up to which sequence every ended version is unseen.</summary>
    private void Watch()
    {
        if (_watched is { } watched && state.Gate.HasQuiesced(watched.Epoch))
        {
            _unseen = watched.Sequence;
            _watched = null;
            _next = 0; // what ended up to there can be cut off now: from the start
        }
    }

    private bool FreeCut()
    {
        if (_cut.Count == 0 || !state.Gate.HasQuiesced(_cutEpoch))
        {
            return false;
        }

        for (uint ordinal = _cut.Next(0); ordinal != OrdinalSet.None; ordinal = _cut.Next(ordinal + 1))
        {
            _cut.Remove(ordinal);
            foreach (VectorField field in state.Fields)
            {
                field.Release(ordinal);
            }

            _table.Release(ordinal);
            state.OrdinalFreed?.Invoke(ordinal);
        }

        foreach (VectorField field in state.Fields)
        {
            field.Multi?.Trim();
        }

        return true;
    }

    /// <summary>Cuts off a batch of ended versions that nobody sees and no index knows.</summary>
    private bool CutOff(out bool looked)
    {
        looked = false;
        if (_cut.Count > 0 || _next == OrdinalSet.None)
        {
            return false;
        }

        int left = StepOrdinals;
        uint ordinal = _table.Dead.Next(_next);
        for (; ordinal != OrdinalSet.None && left > 0; left--)
        {
            if (_table.Deleted(ordinal) <= _unseen && !IsIndexed(ordinal))
            {
                Unlink(ordinal);
                Forget(ordinal);
                _cut.Add(ordinal);
            }

            ordinal = _table.Dead.Next(ordinal + 1);
        }

        looked = ordinal != OrdinalSet.None;
        _next = ordinal;
        _cutEpoch = state.Gate.Epoch;
        if (!looked)
        {
            _lookedAtDead = _table.Dead.Count - _cut.Count;
        }

        return _cut.Count > 0;
    }

    private bool IsIndexed(uint ordinal)
    {
        foreach (VectorField field in state.Fields)
        {
            if (field.IsIndexed(ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private void Forget(uint ordinal)
    {
        foreach (VectorField field in state.Fields)
        {
            field.Forget(ordinal);
        }
    }

    /// <summary>
    /// Cuts the chain of an id's versions before the newest one that nobody sees, so before this one too; what is behind
    /// the cut is noted, so that each version is passed once however long the chain.
    /// </summary>
    private void Unlink(uint ordinal)
    {
        if (_table.IsUnlinked(ordinal))
        {
            return;
        }

        PointId id = _table.Id(ordinal);
        uint later = PointRow.NoPrevious;
        uint at = state.Ids.Newest(id);
        while (at != PointRow.NoPrevious && _table.Deleted(at) > _unseen)
        {
            later = at;
            at = _table.Previous(at);
        }

        if (at != PointRow.NoPrevious)
        {
            if (later != PointRow.NoPrevious)
            {
                _table.CutPrevious(later);
            }
            else if (state.Ids.Remove(id, at) is { } outgrown)
            {
                state.Retire(outgrown);
            }
        }

        for (; at != PointRow.NoPrevious && !_table.IsUnlinked(at); at = _table.Previous(at))
        {
            _table.NoteUnlinked(at);
        }
    }

    /// <summary>Lowers the number of rows to the last one in use, and gives the memory behind it back.</summary>
    private void DropEnd()
    {
        AppliedState applied = state.Applied;
        if (!_table.DropFreeEnd())
        {
            return;
        }

        state.Publish(applied with { Rows = _table.Count });
        foreach (VectorField field in state.Fields)
        {
            field.WaitForTakers();
            field.Shrink(_table.Count, ShrinkBytesMin);
        }

        if (_table.Region.CommittedBytes - PointTable.BytesOf(_table.Count) > ShrinkBytesMin)
        {
            _table.Region.Shrink(PointTable.BytesOf(_table.Count));
        }
    }
}
