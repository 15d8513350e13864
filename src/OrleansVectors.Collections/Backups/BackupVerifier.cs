using OrleansVectors.Collections.Copies;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Local;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Errors;
using OrleansVectors.Partitions.Indexing;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Collections.Backups;

/// <summary>Brings a collection back into a scratch folder, reads every byte of it, counts its points and searches for some.</summary>
internal sealed class BackupVerifier(string scratch, PartitionOptions options)
{
    private const int SamplesPerVector = 20;

    /// <summary>Verifies one collection.</summary>
    /// <param name="copy">The collection out of a backup.</param>
    /// <param name="expectedPoints">How many points it must have; null when that is not known.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BackupVerification> VerifyAsync(CollectionCopy copy, long? expectedPoints, CancellationToken cancellationToken)
    {
        string name = copy.Stored.Name;
        string folder = Guid.NewGuid().ToString("N");
        BackupVerification report = new(name, Failure: null, Points: 0, expectedPoints, Bytes: 0, Searches: 0, Recall: 0);
        try
        {
            // Nothing of it is to outlive this, and none of the database's stores is to see it.
            PartitionOptions local = options with { Logs = LocalLogs.Instance, Durability = Durability.Os, AwaitsBackups = false, Checkpoints = null };
            await copy.WriteAsync(scratch, folder, local, cancellationToken).ConfigureAwait(false);
            report = report with { Bytes = copy.CheckedBytes };
            using IndexingPool indexing = new(1);
            LocalCollection opened = await LocalCollection.OpenAsync(scratch, folder, copy.Stored, isNew: false, local, indexing, _ => true).ConfigureAwait(false);
            await using (opened.ConfigureAwait(false))
            {
                return await TryAsync(opened.Collection, report, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is IOException or OrleansVectorsException or PartitionException)
        {
            return report with { Failure = failure.Message };
        }
        finally
        {
            if (Directory.Exists(Path.Combine(scratch, folder)))
            {
                Directory.Delete(Path.Combine(scratch, folder), recursive: true);
            }
        }
    }

    private static async Task<BackupVerification> TryAsync(Collection collection, BackupVerification report, CancellationToken cancellationToken)
    {
        long points = await collection.CountAsync(null, cancellationToken).ConfigureAwait(false);
        report = report with { Points = points };
        if (report.ExpectedPoints is { } expected && expected != points)
        {
            return report with { Failure = $"{points} points came back, the backup holds {expected}" };
        }

        (int searches, long wanted, long found) = (0, 0, 0);
        foreach ((string name, VectorSchema vector) in collection.Schema.Vectors)
        {
            ScrollPage page = await collection.ScrollAsync(
                new ScrollRequest { Limit = SamplesPerVector, Projection = PointProjection.Everything }, cancellationToken).ConfigureAwait(false);
            foreach (PointRecord point in page.Points)
            {
                NamedVector stored = (point.Vectors ?? []).FirstOrDefault(stored => stored.Name == name);
                if (stored.Values.IsEmpty)
                {
                    continue;
                }

                searches++;
                SearchAnswer exact = await SearchAsync(collection, name, stored, exact: true, cancellationToken).ConfigureAwait(false);
                if (vector.Metric != DistanceMetric.Dot && !exact.Any(hit => hit.Point.Id == point.Id || hit.Distance <= exact[0].Distance))
                {
                    return report with { Failure = $"point {point.Id} is not found by its own vector `{name}`" };
                }

                SearchAnswer indexed = await SearchAsync(collection, name, stored, exact: false, cancellationToken).ConfigureAwait(false);
                wanted += exact.Count;
                found += indexed.Count(hit => hit.Distance <= exact[^1].Distance);
            }
        }

        return report with { Searches = searches, Recall = wanted == 0 ? 1 : (double)found / wanted };
    }

    private static Task<SearchAnswer> SearchAsync(
        Collection collection, string name, NamedVector stored, bool exact, CancellationToken cancellationToken)
        => collection.FindAsync(
            new SearchRequest { VectorName = name, Vector = stored.Values, Limit = 10, Exact = exact }, cancellationToken);
}
