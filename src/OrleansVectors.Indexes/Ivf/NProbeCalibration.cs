using OrleansVectors.Indexes.Clustering;
using OrleansVectors.Indexes.Concurrency;
using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>
/// How many lists a search has to look into: vectors of the index are searched for in all lists, and for each neighbour found
/// it is noted as the how-manieth its list is ranked. One full search a sample tells the recall of every number of lists.
/// </summary>
/// <remarks>
/// A vector of the index may lie nearer to its neighbours than a query from elsewhere, hence <see cref="Margin"/>.
/// </remarks>
internal sealed class NProbeCalibration(IvfIndex index, ReaderGate gate)
{
    /// <summary>Vectors that are searched for.</summary>
    private const int Samples = 100;

    /// <summary>Ordinals that are tried for each sample before there are found to be too few vectors.</summary>
    private const int TriesPerSample = 1000;

    /// <summary>
    /// Lists looked into for each that the samples need. Queries that are not in the set needed 0.8 to 1.2 (measured on three
    /// real sets at targets 0.9, 0.95 and 0.99); the rest is for those that lie farther off.
    /// </summary>
    private const double Margin = 1.5;

    private readonly long[] neighboursAt = new long[index.Lists];
    private SeededRandom random = new(index.Options.Seed);
    private long neighbours;
    private int sampled;

    /// <summary>Searches for some more samples; when cancelled those before are kept.</summary>
    /// <returns>Whether there were enough.</returns>
    public bool Advance(VectorRows rows, int k, int samples, CancellationToken cancellation)
    {
        for (var i = 0; i < samples && sampled < Samples; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var pass = gate.Enter();
            try
            {
                if (Pick(ref random) is { } ordinal)
                {
                    neighbours += NoteRanks(ordinal, rows.Vector(ordinal), k, neighboursAt, cancellation);
                }

                sampled++;
            }
            finally
            {
                gate.Exit(pass);
            }
        }

        return sampled == Samples;
    }

    /// <summary>The number of lists for a mean share of <paramref name="targetRecall"/> of the true nearest.</summary>
    public int ListsFor(double targetRecall)
    {
        if (neighbours == 0)
        {
            return index.NProbe;
        }

        long within = 0;
        var lists = 0;
        while (lists < neighboursAt.Length && within < targetRecall * neighbours)
        {
            within += neighboursAt[lists++];
        }

        return (int)Math.Clamp(Math.Ceiling(lists * Margin), 1, index.Lists);
    }

    private uint? Pick(ref SeededRandom random)
    {
        var end = index.OrdinalsEnd;
        for (var i = 0; i < TriesPerSample && end != 0; i++)
        {
            var ordinal = (uint)(((random.Next() >> 32) * end) >> 32);
            if (index.Contains(ordinal))
            {
                return ordinal;
            }
        }

        return null;
    }

    private unsafe int NoteRanks(uint ordinal, ReadOnlySpan<float> vector, int k, long[] neighboursAt, CancellationToken cancellation)
    {
        var found = new Candidate[k];
        var count = index.Search(vector, k, index.Lists, new AllBut(ordinal), found, out _, cancellation);
        var rankOf = new int[index.Lists];
        var scratch = IvfScratch.Rent();
        try
        {
            var query = index.Prepared(ordinal, scratch);
            var ranked = index.Model.Rank(query, index.Lists, scratch, out _);
            for (var rank = 0; rank < ranked; rank++)
            {
                rankOf[(uint)scratch.ProbeKeys[rank]] = rank;
            }
        }
        finally
        {
            IvfScratch.Return(scratch);
        }

        var noted = 0;
        for (var i = 0; i < count; i++)
        {
            // What was removed since the search has no list any more.
            if (index.Inverted.ListOf(found[i].Ordinal) is { } list)
            {
                neighboursAt[rankOf[list]]++;
                noted++;
            }
        }

        return noted;
    }

    private readonly struct AllBut(uint refused) : IOrdinalFilter
    {
        public bool Admits(uint ordinal) => ordinal != refused;
    }
}
