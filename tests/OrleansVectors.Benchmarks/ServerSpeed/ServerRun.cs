using System.Diagnostics;
using System.Globalization;
using OrleansVectors.Benchmarks.Ann;
using OrleansVectors.Benchmarks.Churn;
using OrleansVectors.Numerics;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>
/// Drives the real server through its API: stores the base durably, searches alone and while points are stored again;
/// or kills it and starts it again. Bodies are made beforehand, and the clients share the machine with the server.
/// </summary>
internal sealed class ServerRun(ServerOptions options, TextWriter output, TextWriter error)
{
    /// <summary>A checkpoint begins when indexing comes to rest: what is measured is a server that was killed some time later.</summary>
    private static readonly TimeSpan CheckpointTime = TimeSpan.FromSeconds(20);

    private const double Milli = 1e3;
    private const double WarmUpSeconds = 2;

    /// <summary>Replacing points takes other ways than storing new ones, which are compiled during the first seconds.</summary>
    private const double StoringWarmUpSeconds = 5;
    private const double RecallNoise = 0.001;
    private const int RestartQueries = 200;
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(5);

    /// <summary>Ingest, searches by numbers of clients, searches while storing.</summary>
    public void Speed()
    {
        using var set = DataSet.Load(options.Files, error);
        using var folder = new DataFolder(options.Data);
        using var server = ServerProcess.Start(options.Server, folder.Path);
        using var collection = new RestCollection(server.Url);
        var bodies = Ingest(set, collection, server, keepsBodies: true);
        var queries = QueryBodies(set, set.Queries.Count);
        var recall = Recall(set, collection, queries);
        RestLoad.For(Environment.ProcessorCount, WarmUpSeconds, number => collection.Search(queries[number % queries.Length]));
        foreach (var clients in options.Clients)
        {
            var times = RestLoad.For(clients, options.Seconds, number => collection.Search(queries[number % queries.Length]));
            Print(set, $"search hnsw_ef={options.Ef}", clients, recall, times.Each.Length / times.Seconds, times);
        }

        var isStoring = true;
        long stored = 0;
        var writer = new Thread(() =>
        {
            for (var i = 0; Volatile.Read(ref isStoring); i++)
            {
                collection.Store(bodies[i % bodies.Length]);
                Interlocked.Add(ref stored, options.Batch);
            }
        });
        writer.Start();
        RestLoad.For(1, StoringWarmUpSeconds, number => collection.Search(queries[number % queries.Length]));
        Interlocked.Exchange(ref stored, 0);
        var busy = RestLoad.For(1, options.Seconds, number => collection.Search(queries[number % queries.Length]));
        var meanwhile = Interlocked.Read(ref stored);
        Volatile.Write(ref isStoring, false);
        writer.Join();
        Print(set, string.Create(CultureInfo.InvariantCulture, $"search hnsw_ef={options.Ef} storing={meanwhile / busy.Seconds:F0}/s"), 1, recall, busy.Each.Length / busy.Seconds, busy);
    }

    /// <summary>Stores the base, kills the server, reads its files, and starts it until it answers as well as before.</summary>
    public void Restart()
    {
        using var set = DataSet.Load(options.Files, error);
        using var folder = new DataFolder(options.Data);
        var queries = QueryBodies(set, Math.Min(RestartQueries, set.Queries.Count));
        double before;
        using (var server = ServerProcess.Start(options.Server, folder.Path))
        using (var collection = new RestCollection(server.Url))
        {
            Ingest(set, collection, server, keepsBodies: false);
            Thread.Sleep(CheckpointTime);
            before = Recall(set, collection, queries);
        }

        var start = Stopwatch.GetTimestamp();
        var bytes = folder.ReadAll();
        var readSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        start = Stopwatch.GetTimestamp();
        using var again = ServerProcess.Start(options.Server, folder.Path);
        var listening = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var reopened = new RestCollection(again.Url);
        var first = FirstAnswer(reopened, queries[0], start);
        double after;
        while ((after = Recall(set, reopened, queries)) < before - RecallNoise)
        {
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"recall {after:F4} {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s after the start"));
        }

        var full = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"restart,{set.Name},files={bytes >> 20}MiB read={readSeconds:F2}s listening={listening:F2}s first={first:F2}s full={full:F2}s points={reopened.Status().Points},1,{after:F4},{full / readSeconds:F2},{before:F4},{again.MemoryBytes >> 20}"));
    }

    private byte[][] Ingest(DataSet set, RestCollection collection, ServerProcess server, bool keepsBodies)
    {
        var distance = set.Metric switch { DistanceMetric.Euclidean => "Euclid", DistanceMetric.Cosine => "Cosine", _ => "Dot" };
        collection.Create(set.Rows.Dim, distance, options.Quantization);
        var requests = (set.Count + options.Batch - 1) / options.Batch;
        byte[] Body(int number) => RestCollection.PointsBody(set, number * options.Batch, Math.Min(set.Count, (number + 1) * options.Batch));
        var bodies = keepsBodies ? Enumerable.Range(0, requests).Select(Body).ToArray() : [];
        var cpu = server.CpuSeconds;
        var start = Stopwatch.GetTimestamp();
        var times = RestLoad.Count(options.IngestClients, requests, number => collection.Store(keepsBodies ? bodies[number] : Body(number)));
        Print(set, $"store batch={options.Batch}", options.IngestClients, 0, set.Count / times.Seconds, times);
        collection.WaitUntilIndexed();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Print(
            set,
            string.Create(CultureInfo.InvariantCulture, $"store and index batch={options.Batch} cpu={server.CpuSeconds - cpu:F1}s memory={server.MemoryBytes >> 20}MiB"),
            options.IngestClients,
            0,
            set.Count / seconds,
            times);
        return bodies;
    }

    private byte[][] QueryBodies(DataSet set, int count) =>
        [.. Enumerable.Range(0, count).Select(query => RestCollection.QueryBody(set.Queries[query], options.Ef))];

    private static double Recall(DataSet set, RestCollection collection, byte[][] queries)
    {
        long correct = 0;
        for (var query = 0; query < queries.Length; query++)
        {
            var found = RestCollection.IdsOf(collection.Search(queries[query])).Select(id => new Candidate(0, id)).ToArray();
            correct += set.Truth.CountCorrect(query, set.Rows, found);
        }

        return (double)correct / ((long)queries.Length * Truth.K);
    }

    private static double FirstAnswer(RestCollection collection, byte[] query, long start)
    {
        while (true)
        {
            try
            {
                collection.Search(query);
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or InvalidOperationException)
            {
                Thread.Sleep(RetryEvery);
            }
        }
    }

    private void Print(DataSet set, string what, int clients, double recall, double perSecond, LoadTimes times)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"server,{set.Name},{what},{clients},{recall:F4},{perSecond:F1},{Percentile.Of(times.Each, 50) * Milli:F3},{Percentile.Of(times.Each, 99) * Milli:F3}"));
        output.Flush();
    }
}
