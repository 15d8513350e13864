using OrleansVectors.Indexes.Clustering;
using OrleansVectors.Indexes.Rotations;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Memory;

namespace OrleansVectors.Indexes.Ivf;

/// <summary>What training makes: the centroids of the lists and the codebook of what they hold. Immutable once it is published.</summary>
/// <remarks>
/// Which list a vector belongs to: the one whose centroid is nearest by squared Euclidean distance, for cosine and inner
/// products too, for that is what the clustering makes small and what keeps residuals short; by Manhattan distance for
/// Manhattan. Which lists a query looks into: for Euclidean, Hamming, Manhattan and cosine by the same distance (of zeros and
/// ones the squared differences count those that differ, and a centroid is a mean of such; of unit vectors the nearest
/// have the largest inner products), for inner products those whose centroid has the largest one with it.
/// </remarks>
internal sealed unsafe class IvfModel : IDisposable
{
    private const int Alignment = 64;

    /// <summary>More lists are taken by their codes than are wanted: at least this many more, and one for so many wanted.</summary>
    private const int RoughSpareMin = 8;

    private const int RoughSpareShare = 4;

    /// <summary>Codes are looked at first when they leave fewer than one centroid in so many to look at.</summary>
    private const int RoughShare = 4;

    private readonly NativeRegion centroids;
    private readonly NativeRegion numbers;
    private readonly ListCodes? codes;
    private readonly RowScan assignment;
    private readonly RowScan ranking;
    private readonly CentroidCodes? rough;
    private readonly bool addsNorms;
    private readonly bool learnsRotation;

    /// <param name="paddedLength">Floats of a centroid.</param>
    /// <param name="metric">The metric of searches.</param>
    /// <param name="listsMax">The most lists.</param>
    /// <param name="codes">What lists hold, or null.</param>
    /// <param name="rotation">What vectors are rotated by before they are encoded, or null.</param>
    /// <param name="learnsRotation">Whether the rotation is learned, and kept with the rest.</param>
    public IvfModel(int paddedLength, DistanceMetric metric, int listsMax, ListCodes? codes, Rotation? rotation, bool learnsRotation)
    {
        PaddedLength = paddedLength;
        this.codes = codes;
        this.learnsRotation = learnsRotation;
        Rotation = rotation;
        assignment = RowScan.For(metric == DistanceMetric.Manhattan ? metric : DistanceMetric.Euclidean);
        ranking = RowScan.For(metric == DistanceMetric.Hamming ? DistanceMetric.Euclidean : metric);
        addsNorms = metric == DistanceMetric.Cosine;
        rough = metric == DistanceMetric.Manhattan ? null : new CentroidCodes(paddedLength, metric == DistanceMetric.Dot);
        AssignsByEuclid = metric != DistanceMetric.Manhattan;
        centroids = new NativeRegion("ivf centroids", (long)paddedLength * sizeof(float) * listsMax);
        numbers = new NativeRegion("ivf model", NumbersBytesFor(listsMax));
    }

    public int PaddedLength { get; }

    /// <summary>Whether vectors are assigned by squared Euclidean distance, and so by products of matrices.</summary>
    public bool AssignsByEuclid { get; }

    /// <summary>What vectors are rotated by before they are compared with centroids and encoded; null for nothing.</summary>
    public Rotation? Rotation { get; private set; }

    /// <summary>How many lists; 0 before training.</summary>
    public int Lists { get; private set; }

    public NativeRegion CentroidsRegion => centroids;

    public NativeRegion NumbersRegion => numbers;

    public long CentroidsBytes => (long)PaddedLength * sizeof(float) * Lists;

    public long NumbersBytes => Lists == 0 ? 0 : NumbersBytesFor(Lists);

    private float* Axes => (float*)(numbers.Base + NumbersBytesFor(Lists)) - AxesFloats;

    private long AxesFloats => learnsRotation ? (long)PaddedLength * PaddedLength : 0;

    private float* HalfNorms => (float*)numbers.Base;

    /// <summary>The centroid of a list: in the space of rotated vectors where the codes are.</summary>
    public float* Centroid(uint list) => (float*)centroids.Base + ((nuint)list * (nuint)PaddedLength);

    /// <summary>Takes centroids over and makes room for the codebook.</summary>
    public void SetCentroids(float* source, int count)
    {
        Restore(count);
        var length = (long)count * PaddedLength;
        Buffer.MemoryCopy(source, centroids.Base, length * sizeof(float), length * sizeof(float));
        for (var list = 0; list < count; list++)
        {
            var squares = 0.0;
            var centroid = Centroid((uint)list);
            for (var d = 0; d < PaddedLength; d++)
            {
                squares += (double)centroid[d] * centroid[d];
            }

            HalfNorms[list] = (float)(squares / 2);
        }

        rough?.Encode((float*)centroids.Base, count);
    }

    /// <summary>Notes that all of it is new.</summary>
    public void MarkDirty()
    {
        centroids.MarkDirty(0, CentroidsBytes);
        numbers.MarkDirty(0, NumbersBytes);
    }

    /// <summary>Makes room for a stored model whose contents are, or will be, in their places.</summary>
    public void Restore(int count)
    {
        Lists = count;
        centroids.EnsureCommitted(CentroidsBytes);
        numbers.EnsureCommitted(NumbersBytes);
        if (rough is not null)
        {
            rough.Blocks = numbers.Base + NormsBytes(count);
        }

        if (codes is not null)
        {
            codes.Codebook = (float*)(numbers.Base + NormsBytes(count) + (rough?.Bytes(count) ?? 0));
        }

        if (learnsRotation)
        {
            Rotation = new LearnedRotation(Axes, PaddedLength);
        }
    }

    /// <summary>Takes a learned rotation over; the centroids have to be rotated by it and set again.</summary>
    /// <param name="axes">Row by row as <see cref="LearnedRotation"/> takes them.</param>
    public void SetAxes(ReadOnlySpan<float> axes) => axes.CopyTo(new Span<float>(Axes, PaddedLength * PaddedLength));

    /// <summary>Forgets what an abandoned training left.</summary>
    public void Clear() => Lists = 0;

    /// <summary>The list that a vector belongs to; the first of those as near.</summary>
    public uint Assign(float* vector, float* distances)
    {
        assignment.Distances(vector, centroids.Base, (nuint)PaddedLength, Lists, distances);
        var nearest = 0;
        for (var list = 1; list < Lists; list++)
        {
            nearest = distances[list] < distances[nearest] ? list : nearest;
        }

        return (uint)nearest;
    }

    /// <summary>The distance of a vector from its list's centroid, by which drift is measured.</summary>
    public float AssignmentDistance(float* vector, uint list) => assignment.Distance(vector, Centroid(list), (nuint)PaddedLength);

    /// <summary>A table for assigning many vectors; only when they are assigned by Euclidean distance.</summary>
    public NearestCentroids AssignMany() => new((float*)centroids.Base, Lists, PaddedLength);

    /// <summary>The lists to look into first.</summary>
    /// <param name="query">The query, rotated where the codes are.</param>
    /// <param name="count">How many lists.</param>
    /// <param name="scratch">Receives the keys, best first.</param>
    /// <param name="distances">The metric's distance to the centroids of these lists; those of others mean nothing.</param>
    /// <returns>How many there are.</returns>
    public int Rank(float* query, int count, IvfScratch scratch, out float* distances)
    {
        distances = scratch.ListDistances(Lists);
        var candidates = count + Math.Max(RoughSpareMin, count / RoughSpareShare);
        return rough is not null && candidates < Lists / RoughShare
            ? RankRoughlyFirst(query, count, candidates, scratch, distances)
            : RankAll(query, count, scratch, distances);
    }

    /// <summary>By codes first, a quarter of the centroids' memory, and the best of that by the centroids themselves.</summary>
    private int RankRoughlyFirst(float* query, int count, int candidates, IvfScratch scratch, float* distances)
    {
        var near = scratch.Found(candidates);
        rough!.Rank(query, Lists, scratch, ref near);
        var kept = near.Sort();
        var best = scratch.Probes(count);
        for (var i = 0; i < kept; i++)
        {
            var list = (uint)scratch.FoundKeys[i];
            distances[list] = ranking.Distance(query, Centroid(list), (nuint)PaddedLength);
            best.Push(distances[list] + (addsNorms ? HalfNorms[list] : 0), list);
        }

        return best.Sort();
    }

    private int RankAll(float* query, int count, IvfScratch scratch, float* distances)
    {
        ranking.Distances(query, centroids.Base, (nuint)PaddedLength, Lists, distances);
        var best = scratch.Probes(count);
        for (var list = 0; list < Lists; list++)
        {
            var key = distances[list] + (addsNorms ? HalfNorms[list] : 0);
            if (key <= best.Threshold)
            {
                best.Push(key, (uint)list);
            }
        }

        return best.Sort();
    }

    public void Dispose()
    {
        centroids.Dispose();
        numbers.Dispose();
    }

    private static long NormsBytes(int lists) => ((long)lists * sizeof(float) + Alignment - 1) / Alignment * Alignment;

    private long NumbersBytesFor(int lists) => NormsBytes(lists) + (rough?.Bytes(lists) ?? 0) + (((codes?.CodebookFloats ?? 0) + AxesFloats) * sizeof(float));
}
