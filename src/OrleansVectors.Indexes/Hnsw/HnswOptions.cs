namespace OrleansVectors.Indexes.Hnsw;

/// <summary>How a graph is built. Names and meanings as in Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs" (2016).</summary>
public sealed record HnswOptions
{
    /// <summary>Most links per node: 256 on the lowest level, half of it above.</summary>
    public const int MMax = 128;

    /// <summary>Most candidates looked at while inserting.</summary>
    public const int EfConstructionMax = 4096;

    /// <param name="m">Links a new node gets per level, 2 to <see cref="MMax"/>; a node holds up to twice as many on the lowest level.</param>
    /// <param name="efConstruction">Candidates to choose the links from, 1 to <see cref="EfConstructionMax"/>.</param>
    /// <param name="seed">Decides the levels of the nodes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its bounds.</exception>
    public HnswOptions(int m = 16, int efConstruction = 200, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(m, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(m, MMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(efConstruction, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(efConstruction, EfConstructionMax);
        M = m;
        EfConstruction = efConstruction;
        Seed = seed;
    }

    /// <summary>Links a new node gets per level, and the most it holds above the lowest.</summary>
    public int M { get; }

    /// <summary>Candidates to choose the links from.</summary>
    public int EfConstruction { get; }

    /// <summary>Decides the levels of the nodes.</summary>
    public ulong Seed { get; }

    /// <summary>Most links a node holds on <paramref name="level"/>.</summary>
    public int LinksMax(int level) => level == 0 ? 2 * M : M;
}
