namespace OrleansVectors.Cli.Recall;

/// <summary>Distances in double precision, smaller is nearer; the reference against which answers are judged.</summary>
internal sealed record RecallMetric(string Name, Func<float[], float[], double> Distance)
{
    /// <summary>
    /// How much farther than the true k-th an answer may be and still count, for data that is not integers: the server
    /// computes in float32, so two points this near each other may come in either order. For integers there is no slack.
    /// </summary>
    private const double Slack = 1e-6;

    /// <summary>The metric that the server calls by this name, or null.</summary>
    public static RecallMetric? Of(string? distance) => distance switch
    {
        "Euclid" => new RecallMetric("Euclid", SquaredEuclid),
        "Cosine" => new RecallMetric("Cosine", Cosine),
        "Dot" => new RecallMetric("Dot", (a, b) => -Dot(a, b)),
        "Manhattan" => new RecallMetric("Manhattan", Manhattan),
        "Hamming" => new RecallMetric("Hamming", Hamming),
        _ => null,
    };

    /// <summary>The largest distance that counts as correct.</summary>
    public double Bound(double kth, bool integers)
        => Name == "Cosine" ? kth + Slack : integers ? kth : kth + (Slack * Math.Abs(kth));

    private static double SquaredEuclid(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }

    private static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static double Cosine(float[] a, float[] b)
    {
        double norms = Math.Sqrt(Dot(a, a) * Dot(b, b));
        return norms > 0 ? 1 - (Dot(a, b) / norms) : 1;
    }

    private static double Manhattan(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs((double)a[i] - b[i]);
        }

        return sum;
    }

    private static double Hamming(float[] a, float[] b)
    {
        int sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] == b[i] ? 0 : 1;
        }

        return sum;
    }
}
