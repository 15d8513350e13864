using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Recall;

/// <summary>What the person asked for.</summary>
internal sealed record RecallSettings
{
    public required string Collection { get; init; }

    public required string BaseFile { get; init; }

    public required string QueryFile { get; init; }

    public required string TruthFile { get; init; }

    /// <summary>The format of the base and query files; null to go by their names.</summary>
    public VectorFileFormat? Format { get; init; }

    public int K { get; init; } = 10;

    /// <summary>One run per value; empty for one run with the server's default.</summary>
    public IReadOnlyList<int> HnswEf { get; init; } = [];

    public bool Exact { get; init; }

    public int Threads { get; init; } = 1;

    public string? VectorName { get; init; }

    /// <summary>The id of the base file's first row.</summary>
    public ulong IdStart { get; init; }
}
