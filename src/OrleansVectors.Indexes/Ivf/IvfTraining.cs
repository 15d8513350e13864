using OrleansVectors.Indexes.Clustering;
using OrleansVectors.Indexes.Quantization;
using OrleansVectors.Indexes.Vectors;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>Makes a model from a sample of rows: centroids, codebook, and what the sample's drift would be.</summary>
internal sealed unsafe class IvfTraining(VectorRows rows, IvfOptions options, IvfModel model, ListCodes? codes, DriftMeter drift)
{
    /// <summary>Rows for each list that the drift at training is measured on.</summary>
    private const int MeasuredPerList = 32;

    /// <summary>Residuals that a codebook is made from: a thousand for each of its sixteen words.</summary>
    private const int CodebookSamples = 16_384;

    /// <summary>Trains.</summary>
    /// <param name="ordinals">The rows to learn from.</param>
    /// <param name="parallelism">Threads.</param>
    /// <param name="cancellation">Looked at now and then; a cancelled training leaves nothing.</param>
    public void Run(ReadOnlySpan<uint> ordinals, int parallelism, CancellationToken cancellation)
    {
        var lists = options.ListsFor(ordinals.Length);
        using var shuffled = Shuffle(ordinals, (int)Math.Min(ordinals.Length, (long)lists * KMeansOptions.SamplesPerCluster));
        var samples = new SampleRows(rows.Region.Base, (nuint)rows.StrideBytes, shuffled.Start, shuffled.Length);
        using var centroids = KMeans.Train(
            samples, rows.PaddedLength, new KMeansOptions(lists, options.Seed, options.Iterations, parallelism), cancellation);
        var found = centroids.Length / rows.PaddedLength;
        try
        {
            if (options.Codes == QuantizerKind.RotatedProduct)
            {
                LearnRotation(samples, centroids.Start, found);
            }

            for (var list = 0; list < found; list++)
            {
                // Rotating keeps means and distances, so the centroids of rotated rows are the rotated centroids.
                var centroid = centroids.Start + ((nint)list * rows.PaddedLength);
                model.Rotation?.Rotate(centroid, centroid);
            }

            model.SetCentroids(centroids.Start, found);
            Measure(samples, ordinals.Length, found, parallelism, cancellation);
            if (codes is { CodebookFloats: > 0 })
            {
                using var residuals = Residuals(samples, Math.Min(samples.Count, CodebookSamples));
                codes.TrainCodebook(residuals.Start, residuals.Length / rows.PaddedLength, options.Seed, parallelism, cancellation);
            }

            model.MarkDirty();
        }
        catch
        {
            model.Clear();
            throw;
        }
    }

    private void Measure(SampleRows samples, long points, int lists, int parallelism, CancellationToken cancellation)
    {
        samples = samples.Slice(0, (int)Math.Min(samples.Count, (long)lists * MeasuredPerList));
        var assigned = ListAssignment.Of(samples, model, model.Rotation, parallelism, cancellation);
        var sizes = new long[lists];
        var sum = 0.0;
        using var vector = new AlignedBuffer<float>(rows.PaddedLength);
        for (var i = 0; i < samples.Count; i++)
        {
            sizes[assigned[i]]++;
            sum += model.AssignmentDistance(Prepared(samples[i], vector.Start), (uint)assigned[i]);
        }

        drift.DistanceAtTraining = sum / samples.Count;
        drift.ImbalanceAtTraining = lists * sizes.Sum(size => (double)size * size) / ((double)samples.Count * samples.Count);
        drift.CountAtTraining = points;
        assigned.Dispose();
    }

    /// <summary>Learns from the residuals as they are what turns them best, or leaves them as they are where that is better.</summary>
    private void LearnRotation(SampleRows samples, float* centroids, int found)
    {
        var length = rows.PaddedLength;
        model.SetCentroids(centroids, found);
        var axes = new float[length * length];
        for (var i = 0; i < rows.Dim; i++)
        {
            axes[(i * length) + i] = 1;
        }

        model.SetAxes(axes);
        using var residuals = Residuals(samples, Math.Min(samples.Count, Quantizer.SampleRows(rows.Dim)));
        using var sample = new VectorRows("residuals", rows.Dim, (uint)(residuals.Length / length));
        var all = new uint[sample.Capacity];
        for (uint i = 0; i < all.Length; i++)
        {
            sample.Write(i, residuals.Span.Slice((int)i * length, rows.Dim));
            all[i] = i;
        }

        var runLength = (rows.Dim + options.PartsOf(rows.Dim) - 1) / options.PartsOf(rows.Dim);
        if (RotatedCodebook.Train(Numerics.DistanceMetric.Euclidean, sample, all, runLength, options.Seed).Axes is { } learned)
        {
            model.SetAxes(learned);
        }
    }

    private AlignedBuffer<float> Residuals(SampleRows samples, int count)
    {
        var length = rows.PaddedLength;
        var residuals = new AlignedBuffer<float>(checked(count * length));
        using var vector = new AlignedBuffer<float>(length);
        using var distances = new AlignedBuffer<float>(model.Lists);
        for (var i = 0; i < count; i++)
        {
            var prepared = Prepared(samples[i], vector.Start);
            var centroid = model.Centroid(model.Assign(prepared, distances.Start));
            for (var d = 0; d < length; d++)
            {
                residuals[(i * length) + d] = prepared[d] - centroid[d];
            }
        }

        return residuals;
    }

    private float* Prepared(float* row, float* target)
    {
        if (model.Rotation is not { } rotation)
        {
            return row;
        }

        rotation.Rotate(row, target);
        return target;
    }

    /// <summary>So many of the ordinals, drawn without putting back, in random order.</summary>
    private AlignedBuffer<uint> Shuffle(ReadOnlySpan<uint> ordinals, int count)
    {
        using var all = new AlignedBuffer<uint>(ordinals.Length);
        ordinals.CopyTo(all.Span);
        var random = new SeededRandom(options.Seed);
        var drawn = new AlignedBuffer<uint>(count);
        for (var i = 0; i < count; i++)
        {
            var j = i + random.Below(ordinals.Length - i);
            drawn[i] = all[j];
            all[j] = all[i];
        }

        return drawn;
    }
}
