namespace OrleansVectors.Indexes.Ivf;

/// <summary>The mean distance of recent vectors from their centroids: a sum in which the past counts half after each <see cref="Window"/> vectors.</summary>
internal sealed class DriftMeter
{
    private const int Window = 4096;

    private readonly Lock changing = new();
    private double sum;
    private long count;

    public double ImbalanceAtTraining { get; set; }

    public double DistanceAtTraining { get; set; }

    public long CountAtTraining { get; set; }

    public double Sum
    {
        get
        {
            lock (changing)
            {
                return sum;
            }
        }
    }

    public long Recent
    {
        get
        {
            lock (changing)
            {
                return count;
            }
        }
    }

    public double Mean
    {
        get
        {
            lock (changing)
            {
                return count == 0 ? 0 : sum / count;
            }
        }
    }

    public void Add(double distance)
    {
        lock (changing)
        {
            sum += distance;
            if (++count >= 2 * Window)
            {
                sum /= 2;
                count /= 2;
            }
        }
    }

    public void Restore(double storedSum, long storedCount) => (sum, count) = (storedSum, storedCount);
}
