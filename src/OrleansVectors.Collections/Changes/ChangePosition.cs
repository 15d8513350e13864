using System.Globalization;

namespace OrleansVectors.Collections.Changes;

/// <summary>
/// How far a consumer of changes has come: for each partition the sequence of the last change it knows, 0 for none, in one
/// history. A collection that was deleted and made again, or restored, has another history. Written as the history in
/// hexadecimal and the numbers, with dashes between them.
/// </summary>
public sealed class ChangePosition : IEquatable<ChangePosition>
{
    private const char Separator = '-';

    private readonly ulong[] _sequences;

    /// <param name="history">Which history: when the collection came to be, in microseconds.</param>
    /// <param name="sequences">For each partition of the collection, by number.</param>
    public ChangePosition(long history, IReadOnlyList<ulong> sequences)
    {
        History = history;
        _sequences = [.. sequences];
    }

    /// <summary>Which history it is a position of.</summary>
    public long History { get; }

    /// <summary>For each partition the last change that is known.</summary>
    public IReadOnlyList<ulong> Sequences => _sequences;

    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse(string text, out ChangePosition? position)
    {
        string[] parts = text.Split(Separator);
        ulong[] sequences = new ulong[parts.Length - 1];
        position = null;
        if (!long.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long history))
        {
            return false;
        }

        for (int i = 0; i < sequences.Length; i++)
        {
            if (!ulong.TryParse(parts[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out sequences[i]))
            {
                return false;
            }
        }

        position = new ChangePosition(history, sequences);
        return true;
    }

    /// <summary>The position after one more change of a partition.</summary>
    public ChangePosition With(int partition, ulong sequence)
    {
        ulong[] sequences = [.. _sequences];
        sequences[partition] = sequence;
        return new ChangePosition(History, sequences);
    }

    /// <inheritdoc/>
    public bool Equals(ChangePosition? other) => other is not null && History == other.History && _sequences.AsSpan().SequenceEqual(other._sequences);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ChangePosition);

    /// <inheritdoc/>
    public override int GetHashCode() => _sequences.Aggregate(History.GetHashCode(), HashCode.Combine);

    /// <summary>The history and the numbers with dashes between them.</summary>
    public override string ToString() => $"{History:x}{Separator}" + string.Join(Separator, _sequences.Select(sequence => sequence.ToString(CultureInfo.InvariantCulture)));
}
