using System.Text.Json;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Api.Json.Points;

/// <summary>Writes how searches were answered: for each search a list with an object for each partition.</summary>
internal static class ExplanationWriter
{
    /// <summary>One search, partition by partition.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<SearchExplanation> partitions)
    {
        writer.WriteStartArray();
        foreach (SearchExplanation one in partitions)
            Write(writer, one);
        writer.WriteEndArray();
    }

    /// <summary>The public name of a plan.</summary>
    public static string NameOf(SearchPlanKind plan) => plan switch
    {
        SearchPlanKind.Nothing => "nothing",
        SearchPlanKind.Scan => "scan",
        SearchPlanKind.MatchScan => "match_scan",
        SearchPlanKind.Walk => "walk",
        SearchPlanKind.MatchWalk => "match_walk",
        _ => throw new ArgumentOutOfRangeException(nameof(plan)),
    };

    /// <summary>The public name of a form of codes.</summary>
    public static string NameOf(QuantizerKind codes) => codes switch
    {
        QuantizerKind.BFloat16 => "bfloat16",
        QuantizerKind.Int8 => "int8",
        QuantizerKind.Int4 => "int4",
        QuantizerKind.RaBitQ1 => "rabitq1",
        QuantizerKind.RaBitQ2 => "rabitq2",
        QuantizerKind.RaBitQ4 => "rabitq4",
        QuantizerKind.Product => "product",
        QuantizerKind.Bits => "bits",
        QuantizerKind.RotatedProduct => "rotated_product",
        _ => throw new ArgumentOutOfRangeException(nameof(codes)),
    };

    private static void Write(Utf8JsonWriter writer, SearchExplanation one)
    {
        writer.WriteStartObject();
        writer.WriteString("plan"u8, NameOf(one.Plan));
        writer.WriteString("reason"u8, one.Reason);
        writer.WriteBoolean("fell_back_to_scan"u8, one.FellBackToScan);
        writer.WriteNumber("points"u8, one.Points);
        writer.WriteStartObject("cardinality"u8);
        writer.WriteNumber("min"u8, one.MatchesMin);
        writer.WriteNumber("max"u8, one.MatchesMax);
        writer.WriteNumber("estimated"u8, one.MatchesEstimated);
        if (one.Matches is long matches)
            writer.WriteNumber("exact"u8, matches);
        else
            writer.WriteNull("exact"u8);
        writer.WriteEndObject();
        writer.WriteNumber("nodes_visited"u8, one.NodesVisited);
        writer.WriteNumber("two_hops"u8, one.TwoHops);
        writer.WriteNumber("vector_distances"u8, one.VectorDistances);
        writer.WriteNumber("code_distances"u8, one.CodeDistances);
        writer.WriteNumber("rescored"u8, one.Rescored);
        if (one.Codes is { } codes)
        {
            writer.WriteString("codes"u8, NameOf(codes));
            writer.WriteNumber("oversampling"u8, one.Oversampling);
        }

        writer.WriteStartObject("time_us"u8);
        writer.WriteNumber("plan"u8, one.Times.Plan);
        writer.WriteNumber("filter"u8, one.Times.Filter);
        writer.WriteNumber("walk"u8, one.Times.Walk);
        writer.WriteNumber("scan"u8, one.Times.Scan);
        writer.WriteNumber("rescore"u8, one.Times.Rescore);
        writer.WriteNumber("fetch"u8, one.Times.Fetch);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
