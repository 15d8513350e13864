namespace OrleansVectors.Storage.Log;

/// <summary>
/// Where some of a file's operations start, one about every 64 KiB, so that readers need not begin at the file's front.
/// Not safe for concurrent use.
/// </summary>
internal sealed class SequenceOffsets
{
    private const long SpacingBytes = 64 << 10;

    private readonly List<(LogSequence Sequence, long Offset)> _noted = [];

    /// <summary>Tells where the next operation starts; kept if it is far enough from the last that was.</summary>
    public void Note(LogSequence sequence, long offset)
    {
        if (_noted.Count == 0 || offset - _noted[^1].Offset >= SpacingBytes)
        {
            _noted.Add((sequence, offset));
        }
    }

    /// <summary>The last known operation at or before one; null when none is known.</summary>
    public (LogSequence Sequence, long Offset)? Before(LogSequence sequence)
    {
        int low = 0, high = _noted.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_noted[middle].Sequence <= sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : _noted[low - 1];
    }
}
