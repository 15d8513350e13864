using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using OrleansVectors.Api.Errors;

namespace OrleansVectors.Api.Json.Schemas;

/// <summary>
/// Reads <c>strict_mode_config</c>. Its limits are kept and repeated but not enforced yet, so switching it on is refused
/// rather than ignored.
/// </summary>
internal static class StrictModeReader
{
    private static readonly FrozenSet<string> Flags = FrozenSet.Create(
        "unindexed_filtering_retrieve", "unindexed_filtering_update", "search_allow_exact");

    private static readonly FrozenSet<string> Numbers = FrozenSet.Create(
        "max_query_limit", "max_timeout", "search_max_hnsw_ef", "search_max_oversampling", "upsert_max_batchsize",
        "search_max_batchsize", "max_collection_vector_size_bytes", "read_rate_limit", "write_rate_limit",
        "max_collection_payload_size_bytes", "max_points_count", "filter_max_conditions", "condition_max_size",
        "max_payload_index_count", "max_resident_memory_percent");

    private static readonly FrozenSet<string> Objects = FrozenSet.Create("multivector_config", "sparse_config");

    /// <summary>The object as JSON, without its nulls.</summary>
    /// <exception cref="BadRequestException">It says <c>enabled: true</c>.</exception>
    public static string Read(ref JsonCursor cursor)
    {
        var members = new List<string>();
        cursor.BeginObject();
        while (cursor.NextMember())
        {
            string name = cursor.Name;
            if (name == "enabled")
            {
                if (cursor.GetBooleanOrNull() == true)
                    throw new BadRequestException("strict mode is not supported by this version");
                members.Add("\"enabled\":false");
            }
            else if (Flags.Contains(name) || Numbers.Contains(name) || Objects.Contains(name))
            {
                ReadLimit(ref cursor, name, members);
            }
            else
            {
                throw cursor.UnknownMember();
            }
        }

        return "{" + string.Join(',', members) + "}";
    }

    private static void ReadLimit(ref JsonCursor cursor, string name, List<string> members)
    {
        if (cursor.IsNull)
            return;
        if (Flags.Contains(name))
            cursor.GetBoolean();
        else if (Numbers.Contains(name))
            cursor.GetDouble(0, double.MaxValue);
        else if (cursor.Token != JsonTokenType.StartObject)
            throw cursor.Unexpected("an object");
        members.Add($"\"{name}\":{Encoding.UTF8.GetString(cursor.GetRaw())}");
    }
}
