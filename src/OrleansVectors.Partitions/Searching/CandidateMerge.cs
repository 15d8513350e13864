using OrleansVectors.Numerics;

namespace OrleansVectors.Partitions.Searching;

/// <summary>Merges what was found in several places.</summary>
internal static class CandidateMerge
{
    /// <summary>Merges two ascending lists; an ordinal that was indexed while we looked may be in both.</summary>
    public static Candidate[] Nearest(ReadOnlySpan<Candidate> left, ReadOnlySpan<Candidate> right, int k)
    {
        if (right.IsEmpty)
        {
            return left[..Math.Min(k, left.Length)].ToArray();
        }

        List<Candidate> merged = new(Math.Min(k, left.Length + right.Length));
        HashSet<uint> seen = [];
        int l = 0;
        int r = 0;
        while (merged.Count < k && (l < left.Length || r < right.Length))
        {
            bool takeLeft = r == right.Length || (l < left.Length && left[l].Distance <= right[r].Distance);
            Candidate next = takeLeft ? left[l++] : right[r++];
            if (seen.Add(next.Ordinal))
            {
                merged.Add(next);
            }
        }

        return [.. merged];
    }
}
