using System.Globalization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.Ann;

/// <summary>A whole partition that is searched with a filter: payload index, planner, and whatever way that chooses.</summary>
/// <param name="partition">The partition, filled with the filters; disposed with this.</param>
/// <param name="set">The vectors and the queries.</param>
/// <param name="filters">What each query may see.</param>
/// <param name="quantizer">The codes that it works on; none when null.</param>
internal sealed class MeasuredPartition(
    LoadedPartition partition, DataSet set, QueryFilters filters, Indexes.Quantization.QuantizerKind? quantizer) : IMeasuredIndex
{
    public VectorRows Rows => set.Rows;

    public bool HasEffort => true;

    public double BuildSeconds => partition.BuildSeconds;

    public long Bytes => partition.Bytes;

    public string Describe(SearchPoint point)
    {
        var codes = quantizer is null ? "" : string.Create(CultureInfo.InvariantCulture, $" quantizer={Codes.WordOf(quantizer)} rescore={point.Rescore}");
        return string.Create(CultureInfo.InvariantCulture, $"partition ef={point.Effort}{codes} plan=auto");
    }

    public int Search(int query, SearchPoint point, Span<Candidate> results)
    {
        var answer = partition.Search(set.Queries[query], 0, filters.ChoiceOf(query), point.Effort, quantizer is null ? null : point.Rescore);
        for (var i = 0; i < answer.Count; i++)
        {
            results[i] = new Candidate(answer[i].Distance, (uint)answer[i].Point.Id.Number);
        }

        return answer.Count;
    }

    public void Dispose() => partition.Dispose();
}
