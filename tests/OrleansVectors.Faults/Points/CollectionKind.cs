using System.Globalization;
using System.Text;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Points;

/// <summary>A kind of collection, chosen for what it keeps busy in the server.</summary>
/// <param name="Name">The collection's name.</param>
/// <param name="Dim">Components of a vector.</param>
/// <param name="Shards">Partitions; a batch is atomic in each.</param>
/// <param name="IsMulti">Whether a vector has rows.</param>
/// <param name="Settings">The rest of the collection's JSON, from a comma on.</param>
internal sealed record CollectionKind(string Name, int Dim, int Shards, bool IsMulti, string Settings)
{
    /// <summary>Everything as it comes.</summary>
    public static CollectionKind Plain { get; } = new("plain", 8, 1, false, "");

    /// <summary>Several partitions: a batch is several, and each of them is atomic by itself.</summary>
    public static CollectionKind Sharded { get; } = new("sharded", 8, 3, false, "");

    /// <summary>A graph from 10 kB of vectors on, which overwrites and deletions keep busy.</summary>
    public static CollectionKind Churned { get; } = new(
        "churned", 32, 1, false, ""","optimizers_config":{"indexing_threshold":10},"hnsw_config":{"m":8,"ef_construct":32,"full_scan_threshold":10}""");

    /// <summary>Rows instead of a vector.</summary>
    public static CollectionKind Multi { get; } = new("multi", 4, 1, true, "");

    /// <summary>One of each.</summary>
    public static IReadOnlyList<CollectionKind> All { get; } = [Plain, Sharded, Churned, Multi];

    /// <summary>The request that makes the collection.</summary>
    public Request Create()
    {
        string multi = IsMulti ? ""","multivector_config":{"comparator":"max_sim"}""" : "";
        string distance = IsMulti ? "Dot" : "Euclid";
        return new Request(
            "PUT",
            $"collections/{Name}",
            $$"""{"vectors":{"size":{{Dim}},"distance":"{{distance}}"{{multi}}},"shard_number":{{Shards}}{{Settings}}}""");
    }

    /// <summary>A request for points by their ids, with all they have.</summary>
    public Request Retrieve(IEnumerable<ulong> ids)
        => new("POST", $"collections/{Name}/points", $$"""{"ids":[{{Join(ids)}}],"with_payload":true,"with_vector":true}""");

    /// <summary>A request for the exact number of points.</summary>
    public Request Count() => new("POST", $"collections/{Name}/points/count", """{"exact":true}""");

    /// <summary>Ids as a JSON array has them, without the brackets.</summary>
    public static string Join(IEnumerable<ulong> ids)
        => new StringBuilder().AppendJoin(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture))).ToString();
}
