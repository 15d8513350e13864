using OrleansVectors.Collections;
using OrleansVectors.Collections.Canary;
using OrleansVectors.Collections.Errors;

namespace OrleansVectors.Api.Metrics;

/// <summary>Figures of the collections: how many points they have, and what each vector name costs and does.</summary>
internal static class CollectionMetrics
{
    public static async Task WriteAsync(PrometheusText text, VectorDatabase database, CancellationToken cancellationToken)
    {
        var collections = new List<(string Name, CollectionStatistics Statistics)>();
        var recalls = new List<(string Name, IReadOnlyDictionary<string, RecallEstimate> Recall)>();
        int count = 0;
        int unloaded = 0;
        foreach (string name in database.CollectionNames)
        {
            if (!database.TryGetCollection(name, out Collection? collection))
                continue;
            count++;
            if (!collection.IsLoaded)
            {
                unloaded++; // nobody looks at its figures closely enough to bring it back for them
                continue;
            }

            if (await StatisticsAsync(collection, cancellationToken).ConfigureAwait(false) is { } statistics)
            {
                string label = PrometheusText.Escape(name);
                collections.Add((label, statistics));
                recalls.Add((label, collection.Recall));
            }
        }

        text.Head("collections_total", "gauge", "Collections.");
        text.Line("collections_total", "", count);
        text.Head("collections_unloaded", "gauge", "Collections that are not in memory until the next call; they have no figures.");
        text.Line("collections_unloaded", "", unloaded);
        if (database.Backups?.LastScheduled is { } backup)
        {
            text.Head("backup_failing", "gauge", "1 while the backups that are taken by themselves fail.");
            text.Line("backup_failing", "", backup.Failure is null ? 0 : 1);
            text.Head("backup_last_success_seconds", "gauge", "When one last succeeded, in seconds since 1970; 0 for never.");
            text.Line("backup_last_success_seconds", "", backup.Succeeded?.ToUnixTimeSeconds() ?? 0);
        }

        text.Head("collections_unavailable", "gauge", "Collections that could not be opened.");
        text.Line("collections_unavailable", "", database.Unavailable.Count);
        text.Head("collection_recall_estimate", "gauge", "Share of the ten nearest points that searches find, by samples in idle time.");
        foreach ((string name, IReadOnlyDictionary<string, RecallEstimate> recall) in recalls)
        {
            foreach ((string vector, RecallEstimate estimate) in recall)
                text.Line("collection_recall_estimate", $"id=\"{name}\",vector=\"{PrometheusText.Escape(vector)}\"", estimate.Recall);
        }

        Write("collection_points", "Live points of a collection.", statistics => statistics.PointsCount);
        Write("collection_rows", "Rows of points and of their ended versions, free ones between them included.", statistics => statistics.RowsCount);
        Write("collection_dead_rows", "Rows of ended versions of points, whose place was not given back yet.", statistics => statistics.DeadRowsCount);
        Write("collection_indexed_vectors", "Live vectors that a graph holds.", statistics => statistics.IndexedVectorsCount);
        Write("collection_indexing_pending", "1 while vectors wait for a graph.", statistics => statistics.IndexingPending ? 1 : 0);
        VectorMetrics.Write(text, collections.SelectMany(collection => collection.Statistics.Vectors.Select(
            vector => ($"id=\"{collection.Name}\",vector=\"{PrometheusText.Escape(vector.Name)}\"", vector))));

        void Write(string name, string help, Func<CollectionStatistics, double> value)
        {
            text.Head(name, "gauge", help);
            foreach ((string id, CollectionStatistics statistics) in collections)
                text.Line(name, $"id=\"{id}\"", value(statistics));
        }
    }

    /// <returns>Null when the collection is being deleted: the others have their figures all the same.</returns>
    private static async Task<CollectionStatistics?> StatisticsAsync(Collection collection, CancellationToken cancellationToken)
    {
        try
        {
            return await collection.StatisticsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PartitionUnavailableException)
        {
            return null;
        }
    }
}
