using OrleansVectors.Benchmarks.Ann;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>What to measure of a server, as the command line said it.</summary>
internal sealed record ServerOptions
{
    public required DataFiles Files { get; init; }

    /// <summary>Numbers of clients that search at once, one measurement for each.</summary>
    public required int[] Clients { get; init; }

    /// <summary>Clients that store at once.</summary>
    public required int IngestClients { get; init; }

    /// <summary>Points in a request that stores.</summary>
    public required int Batch { get; init; }

    /// <summary>Candidates kept by a search.</summary>
    public required int Ef { get; init; }

    /// <summary>How long each measurement of searches takes.</summary>
    public required int Seconds { get; init; }

    /// <summary>A <c>quantization_config</c> as JSON.</summary>
    public required string? Quantization { get; init; }

    /// <summary>An empty folder for the server's data; one of its own when null.</summary>
    public required string? Data { get; init; }

    /// <summary>The folder of a published server; the server that was built with the benchmarks when null.</summary>
    public required string? Server { get; init; }
}
