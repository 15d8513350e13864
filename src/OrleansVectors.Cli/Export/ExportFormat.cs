namespace OrleansVectors.Cli.Export;

/// <summary>What an export may be written as.</summary>
internal enum ExportFormat
{
    /// <summary>Everything about a point, one per line; what an import reads back without loss.</summary>
    Jsonl,

    /// <summary>Id, one vector, and the payload's keys as columns; loses the types of text that looks like a number.</summary>
    Csv,

    /// <summary>One vector per point, in the order of ids.</summary>
    Fvecs,

    /// <summary>One vector per point, in the order of ids, float32.</summary>
    Npy,
}
