using System.Globalization;

namespace OrleansVectors.Collections.Changes;

/// <summary>
/// How far a consumer of changes has come: for each partition the sequence of the last change it knows, 0 for none. Written as
/// the numbers with dashes between them.
/// </summary>
public sealed class ChangePosition : IEquatable<ChangePosition>
{
    private const char Separator = '-';

    private readonly ulong[] _sequences;

    /// <param name="sequences">For each partition of the collection, by number.</param>
    public ChangePosition(IReadOnlyList<ulong> sequences) => _sequences = [.. sequences];

    /// <summary>For each partition the last change that is known.</summary>
    public IReadOnlyList<ulong> Sequences => _sequences;

    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse(string text, out ChangePosition? position)
    {
        string[] parts = text.Split(Separator);
        ulong[] sequences = new ulong[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!ulong.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sequences[i]))
            {
                position = null;
                return false;
            }
        }

        position = new ChangePosition(sequences);
        return true;
    }

    /// <summary>The position after one more change of a partition.</summary>
    public ChangePosition With(int partition, ulong sequence)
    {
        ulong[] sequences = [.. _sequences];
        sequences[partition] = sequence;
        return new ChangePosition(sequences);
    }

    /// <inheritdoc/>
    public bool Equals(ChangePosition? other) => other is not null && _sequences.AsSpan().SequenceEqual(other._sequences);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ChangePosition);

    /// <inheritdoc/>
    public override int GetHashCode() => _sequences.Aggregate(_sequences.Length, HashCode.Combine);

    /// <summary>The numbers with dashes between them.</summary>
    public override string ToString() => string.Join(Separator, _sequences.Select(sequence => sequence.ToString(CultureInfo.InvariantCulture)));
}
