namespace OrleansVectors.Cli.Import;

/// <summary>What the person asked for; see the project's README for what each means to them.</summary>
internal sealed record ImportSettings
{
    public required string Collection { get; init; }

    public required string File { get; init; }

    public required ImportFormat Format { get; init; }

    /// <summary>A vector file whose row i belongs to record i of a jsonl or csv file.</summary>
    public string? VectorsFile { get; init; }

    /// <summary>The named vector to write; null for the default one.</summary>
    public string? VectorName { get; init; }

    /// <summary>The distance (the server's word) of a collection to be created; null to insist on an existing one.</summary>
    public string? Distance { get; init; }

    public int BatchRows { get; init; } = 500;

    /// <summary>A request grows no further than about this; servers bound the size of a body.</summary>
    public long BatchBytes { get; init; } = 8 << 20;

    public int Senders { get; init; } = 2;

    public long? Limit { get; init; }

    public ulong IdStart { get; init; }

    /// <summary>The payload key that keeps a text id from which a UUID was derived.</summary>
    public string IdField { get; init; } = "_id";

    /// <summary>The first and the last of the csv columns that are a vector's components; null to look for <c>vector</c> or <c>v0..</c>.</summary>
    public (string First, string Last)? VectorColumns { get; init; }

    public bool SkipBad { get; init; }

    public bool Restart { get; init; }

    /// <summary>Where journals of unfinished imports are kept.</summary>
    public string StateFolder { get; init; } = ".ov";
}
