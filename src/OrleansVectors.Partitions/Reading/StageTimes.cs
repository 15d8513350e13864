namespace OrleansVectors.Partitions.Reading;

/// <summary>Time of each stage of a search, in microseconds on the clock. Over several partitions: the sum of theirs.</summary>
/// <param name="Plan">Choosing a way.</param>
/// <param name="Filter">Finding out from payload indexes and samples which points match, and how many.</param>
/// <param name="Walk">Walking the index.</param>
/// <param name="Scan">Scoring points one after the other.</param>
/// <param name="Rescore">Scoring by full vectors what was found by codes.</param>
/// <param name="Fetch">Reading payloads and vectors of what was found.</param>
public readonly record struct StageTimes(double Plan, double Filter, double Walk, double Scan, double Rescore, double Fetch)
{
    /// <summary>Stage by stage.</summary>
    public static StageTimes Sum(StageTimes left, StageTimes right)
        => new(
            left.Plan + right.Plan,
            left.Filter + right.Filter,
            left.Walk + right.Walk,
            left.Scan + right.Scan,
            left.Rescore + right.Rescore,
            left.Fetch + right.Fetch);
}
