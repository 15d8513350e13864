using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Recall;

/// <summary>
/// Says how many answers are right. An answer is right when its distance is not larger than that of the true k-th
/// neighbour: data with ties has many right answers, of which a truth file names but some. The distances are computed
/// from the base file, in one pass over it that computes only the pairs that matter, so the base set need not fit in
/// memory.
/// </summary>
internal sealed class RecallJudge(RecallSettings settings, RecallMetric metric, float[][] queries, IntVectors truth)
{
    private readonly record struct Pair(long Row, int Query, int Run, int Place);

    /// <summary>Run number of the true k-th neighbours.</summary>
    private const int TruthRun = -1;

    /// <summary>Recall@k of each run.</summary>
    /// <param name="answers">Per run and query the returned ids.</param>
    public double[] Judge(IReadOnlyList<long[][]> answers)
    {
        List<Pair> pairs = [];
        for (int query = 0; query < queries.Length; query++)
        {
            pairs.Add(new Pair(truth.Row(query)[settings.K - 1], query, TruthRun, 0));
            for (int run = 0; run < answers.Count; run++)
            {
                long[] ids = answers[run][query];
                for (int place = 0; place < Math.Min(ids.Length, settings.K); place++)
                {
                    // The same point twice is one right answer at most.
                    long row = ids[place] - (long)settings.IdStart;
                    if (row >= 0 && Array.IndexOf(ids, ids[place]) == place)
                    {
                        pairs.Add(new Pair(row, query, run, place));
                    }
                }
            }
        }

        pairs.Sort((a, b) => a.Row.CompareTo(b.Row));
        double[] distances = Distances(pairs, out bool integers);
        double[] bounds = new double[queries.Length];
        for (int i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].Run == TruthRun)
            {
                bounds[pairs[i].Query] = double.IsNaN(distances[i])
                    ? throw new CommandFailedException($"{settings.TruthFile}: row {pairs[i].Query} names {pairs[i].Row}, a row that {settings.BaseFile} does not have")
                    : metric.Bound(distances[i], integers);
            }
        }

        double[] recalls = new double[answers.Count];
        for (int i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].Run != TruthRun && distances[i] <= bounds[pairs[i].Query])
            {
                recalls[pairs[i].Run]++;
            }
        }

        return [.. recalls.Select(right => right / ((double)queries.Length * settings.K))];
    }

    /// <summary>The distance of each pair, which come sorted by row; NaN for rows that the file does not have.</summary>
    private double[] Distances(List<Pair> pairs, out bool integers)
    {
        double[] distances = new double[pairs.Count];
        distances.AsSpan().Fill(double.NaN);
        using IVectorReader reader = VectorFile.Open(settings.BaseFile, settings.Format);
        integers = reader.IsInteger;
        if (reader.Dim != queries[0].Length)
        {
            throw new CommandFailedException($"{settings.BaseFile} has {reader.Dim} components per row, {settings.QueryFile} {queries[0].Length}");
        }

        float[] row = new float[reader.Dim];
        for (int i = 0; i < pairs.Count;)
        {
            long wanted = pairs[i].Row;
            if (reader.Rows is long rows && wanted >= rows)
            {
                break;
            }

            do
            {
                if (!reader.TryRead(row))
                {
                    return distances;
                }
            }
            while (reader.RowsRead <= wanted);

            for (; i < pairs.Count && pairs[i].Row == wanted; i++)
            {
                distances[i] = metric.Distance(queries[pairs[i].Query], row);
            }
        }

        return distances;
    }
}
