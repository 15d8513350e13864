using OrleansVectors.Indexes.Filters;
using OrleansVectors.Indexes.Flat;
using OrleansVectors.Indexes.Hnsw;
using OrleansVectors.Numerics;

namespace OrleansVectors.Indexes.Tests.Data;

/// <summary>Recall of a graph against the exact scan; a point as near as the true k-th counts as right.</summary>
internal static class Recall
{
    public static double At10<TFilter>(HnswGraph graph, Clusters clusters, int queries, int ef, TFilter filter, int k = 10, FilteredWalk walk = FilteredWalk.Admission)
        where TFilter : struct, IOrdinalFilter
    {
        var scan = new FlatScan(graph.Space);
        var exact = new Candidate[k];
        var found = new Candidate[k];
        double sum = 0;
        for (var q = 0; q < queries; q++)
        {
            var query = clusters.Next();
            var matches = scan.Search(query, 0, graph.OrdinalsEnd, k, filter, exact);
            var count = graph.Search(query, k, ef, filter, found, out _, new WalkPlan(walk));
            var worst = matches == 0 ? float.NegativeInfinity : exact[matches - 1].Distance;
            var right = 0;
            for (var i = 0; i < count; i++)
            {
                Assert.True(filter.Admits(found[i].Ordinal), $"ordinal {found[i].Ordinal} was refused by the filter");
                Assert.True(i == 0 || found[i - 1].CompareTo(found[i]) < 0, "results ascend");
                right += found[i].Distance <= worst + (Math.Abs(worst) * 1e-5f) ? 1 : 0;
            }

            sum += matches == 0 ? 1 : (double)right / matches;
        }

        return sum / queries;
    }
}
