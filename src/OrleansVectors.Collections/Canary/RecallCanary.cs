using System.Diagnostics;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Payloads;
using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Collections.Canary;

/// <summary>
/// Watches what approximate searches miss: in idle time some stored vectors are searched for twice, exactly and as a caller
/// would, and the answers are compared.
/// </summary>
/// <remarks>
/// One loop for the whole database. It looks at a collection only when nobody has used it for a while, stops between two
/// searches when somebody does, and rests many times as long as it worked. A collection that has not changed since it was
/// sampled enough is left alone, and so is one without an index.
/// </remarks>
internal sealed class RecallCanary : IAsyncDisposable
{
    /// <summary>Vectors of one collection that are searched for in one go.</summary>
    private const int SamplesPerRound = 8;

    /// <summary>A round is followed by a rest of this many times its length: the canary takes one part in twenty of idle time.</summary>
    private const int RestShare = 19;

    private static readonly TimeSpan IdleMin = TimeSpan.FromSeconds(1);

    private readonly Func<IReadOnlyList<Collection>> _collections;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly Random _random;

    /// <param name="collections">Those that are open now.</param>
    /// <param name="seed">Decides which vectors are taken.</param>
    public RecallCanary(Func<IReadOnlyList<Collection>> collections, int seed)
    {
        _collections = collections;
        _random = new Random(seed);
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Samples one collection now, unless somebody uses it meanwhile.</summary>
    internal static async Task SampleAsync(Collection collection, Random random, CancellationToken cancellation)
    {
        CollectionStatistics statistics = await collection.StatisticsAsync(cancellation).ConfigureAwait(false);
        string[] names = [.. collection.Schema.Vectors.Where(vector => !vector.Value.IsMultiVector).Select(vector => vector.Key)];
        if (statistics.IndexedVectorsCount == 0 || names.Length == 0)
        {
            return;
        }

        long activity = collection.Activity;
        int slices = (int)Math.Clamp(statistics.PointsCount / SamplesPerRound, 1, int.MaxValue);
        ScrollPage page = await collection.ScrollAsync(
            new ScrollRequest
            {
                Filter = new Filter { Must = [new SliceCondition((uint)slices, (uint)random.Next(slices))] },
                Limit = SamplesPerRound,
                Projection = new PointProjection(PayloadSelection.None, names),
            },
            cancellation).ConfigureAwait(false);
        foreach (PointRecord point in page.Points)
        {
            foreach (NamedVector vector in point.Vectors ?? [])
            {
                if (collection.Activity != activity)
                {
                    return;
                }

                double? recall = await MeasureAsync(collection, point.Id, vector, cancellation).ConfigureAwait(false);
                if (recall is { } share)
                {
                    collection.AddRecall(vector.Name, share);
                }
            }
        }
    }

    /// <summary>Share of the nearest points that are as near as they should be; null when there are none.</summary>
    private static async Task<double?> MeasureAsync(Collection collection, PointId id, NamedVector vector, CancellationToken cancellation)
    {
        SearchRequest request = new()
        {
            VectorName = vector.Name,
            Vector = vector.Values,
            Limit = RecallEstimate.Nearest,
            Excluded = id,
            IsSample = true,
        };
        SearchAnswer exact = await collection.FindAsync(request with { Exact = true }, cancellation).ConfigureAwait(false);
        SearchAnswer found = await collection.FindAsync(request, cancellation).ConfigureAwait(false);
        if (exact.Count == 0)
        {
            return null;
        }

        // By id, or by distance: of points that are equally far any will do.
        HashSet<PointId> expected = [.. exact.Select(hit => hit.Point.Id)];
        float farthest = exact[^1].Distance;
        int right = found.Count(hit => expected.Contains(hit.Point.Id) || hit.Distance <= farthest);
        return Math.Min(1.0, (double)right / exact.Count);
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(IdleMin, _stop.Token).ConfigureAwait(false);
                foreach (Collection collection in _collections())
                {
                    await LookAtAsync(collection).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task LookAtAsync(Collection collection)
    {
        if (!collection.IsLoaded || !collection.WantsRecall)
        {
            return;
        }

        long activity = collection.Activity;
        await Task.Delay(IdleMin, _stop.Token).ConfigureAwait(false);
        if (collection.Activity != activity)
        {
            return;
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            await SampleAsync(collection, _random, _stop.Token).ConfigureAwait(false);
        }
        catch (OrleansVectorsException)
        {
            // Deleted meanwhile, or out of order: others will hear of it.
        }

        await Task.Delay(Stopwatch.GetElapsedTime(started) * RestShare, _stop.Token).ConfigureAwait(false);
    }
}
