using System.Diagnostics;
using System.Globalization;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Benchmarks.FilterPlans;

/// <summary>Fills one partition with all the filters, and measures each of them.</summary>
internal sealed class FiltersRun(TextWriter output, TextWriter error, PassTimes times)
{
    public void Run(FiltersOptions options)
    {
        using var set = DataSet.Load(options.Files, error);
        var asked = options.Kinds.SelectMany(kind => options.Selectivities.Select(share => (Kind: kind, Share: share))).ToArray();
        QueryFilters[] filters = [.. asked.Select(one => QueryFilters.Create(set, one.Share, one.Kind))];
        error.WriteLine($"{set.Name}: {set.Count} vectors of {set.Rows.Dim}, {filters.Length} filters; filling a partition");
        using var partition = new LoadedPartition(
            set, options.Quantizer, options.M, options.EfConstruction, options.BuildThreads, options.Clock, filters);
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"filled and indexed in {partition.BuildSeconds:F1} s"));
        for (var i = 0; i < asked.Length; i++)
        {
            var visible = filters[i];
            var truth = Truth.Compute(set.Metric, set.Queries, set.Rows, query => visible[query].Ordinals);
            foreach (var ef in options.Ef)
            {
                Measure(set, partition, truth, visible, i, ef == 0 ? null : ef, options.Clock, $"{set.Name},{asked[i].Kind.ToString().ToLowerInvariant()},{asked[i].Share.ToString(CultureInfo.InvariantCulture)}");
            }
        }
    }

    private void Measure(
        DataSet set, LoadedPartition partition, Truth truth, QueryFilters visible, int filter, int? ef, Clock clock, string name)
    {
        var warmUp = Stopwatch.GetTimestamp();
        do
        {
            Pass();
        }
        while (Stopwatch.GetElapsedTime(warmUp) < times.FirstWarmUp / 3);

        var passes = 0;
        var start = clock.Seconds(1);
        var seconds = 0.0;
        while (passes == 0 || seconds < times.MeasuredMin.TotalSeconds)
        {
            Pass();
            passes++;
            seconds = clock.Seconds(1) - start;
        }

        var (recall, tooShort, found) = Explained();
        var plans = string.Join('+', found.GroupBy(one => one.Plan + (one.FellBackToScan ? "/Scan" : "")).Select(plan => $"{plan.Key}:{plan.Count()}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"filters,{name},{ef?.ToString(CultureInfo.InvariantCulture) ?? "auto"},{recall:F4},{tooShort},{passes * set.Queries.Count / seconds:F0},{plans},"
            + $"{found.Average(one => one.Times.Filter):F1}/{found.Average(one => one.Times.Walk):F1}/{found.Average(one => one.Times.Scan):F1},"
            + $"{found.Average(one => one.NodesVisited):F0},{found.Average(one => one.VectorDistances + one.CodeDistances):F0}"));
        output.Flush();

        void Pass()
        {
            for (var query = 0; query < set.Queries.Count; query++)
            {
                partition.Search(set.Queries[query], filter, visible.ChoiceOf(query), ef, null);
            }
        }

        (double Recall, int TooShort, SearchExplanation[] Found) Explained()
        {
            var explanations = new SearchExplanation[set.Queries.Count];
            var correct = 0;
            var missing = 0;
            for (var query = 0; query < set.Queries.Count; query++)
            {
                var answer = partition.Search(set.Queries[query], filter, visible.ChoiceOf(query), ef, null, explain: true);
                explanations[query] = answer.Explanations[0];
                missing += answer.Count < Math.Min(Truth.K, visible.Matches) ? 1 : 0;
                correct += truth.CountCorrect(query, set.Rows, [.. answer.Select(hit => new Candidate(hit.Distance, (uint)hit.Point.Id.Number))]);
            }

            return ((double)correct / truth.Wanted, missing, explanations);
        }
    }
}
