using System.Buffers;
using System.Text.Json;
using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Points;
using OrleansVectors.Cli.Rest;
using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Recall;

/// <summary>Recall and speed of a collection through its API, against a truth file.</summary>
internal sealed class RecallBench(VectorsClient client, RecallSettings settings, Terminal terminal)
{
    /// <summary>Queries in the last run.</summary>
    public int Queries { get; private set; }

    /// <summary>The collection's distance.</summary>
    public string Distance { get; private set; } = "";

    /// <summary>One run per <c>hnsw_ef</c> asked for.</summary>
    public async Task<IReadOnlyList<RecallRun>> RunAsync(CancellationToken cancellation)
    {
        CollectionDescription collection = await client.FindCollectionAsync(settings.Collection, cancellation)
            ?? throw new CommandFailedException($"collection '{settings.Collection}' does not exist");
        VectorDescription vector = collection.Vectors.FirstOrDefault(candidate => candidate.Name == (settings.VectorName ?? ""))
            ?? throw new CommandFailedException($"collection '{settings.Collection}' has no such vector; choose one with --name");
        RecallMetric metric = RecallMetric.Of(vector.Distance)
            ?? throw new CommandFailedException($"the distance '{vector.Distance}' of '{settings.Collection}' is not known here");
        Distance = metric.Name;
        if (collection.Status != "green")
        {
            terminal.Error.WriteLine($"'{settings.Collection}' is {collection.Status}: it is still being indexed ({collection.IndexedVectors} of {collection.Points}), so these figures will change");
        }

        float[][] queries = ReadQueries(vector);
        IntVectors truth = IntVectors.ReadAll(settings.TruthFile);
        if (truth.Dim < settings.K || truth.Rows < queries.Length)
        {
            throw new CommandFailedException($"{settings.TruthFile} has {truth.Dim} neighbours for {truth.Rows} queries; {settings.K} for {queries.Length} are needed");
        }

        Queries = queries.Length;
        List<(int? Ef, QueryPass Pass)> passes = [];
        foreach (int? ef in settings.HnswEf.Count == 0 ? [null] : settings.HnswEf.Select(value => (int?)value))
        {
            QueryPass pass = new(client, settings.Collection);
            await pass.RunAsync([.. queries.Select(query => Body(query, ef))], settings.Threads, cancellation);
            passes.Add((ef, pass));
        }

        double[] recalls = new RecallJudge(settings, metric, queries, truth).Judge([.. passes.Select(pass => pass.Pass.Answers)]);
        return [.. passes.Select((entry, i) => new RecallRun(
            entry.Ef, settings.Exact, recalls[i], entry.Pass.Qps, entry.Pass.PercentileMs(0.50), entry.Pass.PercentileMs(0.95), entry.Pass.PercentileMs(0.99)))];
    }

    private float[][] ReadQueries(VectorDescription vector)
    {
        using IVectorReader reader = VectorFile.Open(settings.QueryFile, settings.Format);
        if (reader.Dim != vector.Dim)
        {
            throw new CommandFailedException($"{settings.QueryFile} has {reader.Dim} components per row, the collection {vector.Dim}");
        }

        List<float[]> queries = [];
        float[] row = new float[reader.Dim];
        while (reader.TryRead(row))
        {
            queries.Add([.. row]);
        }

        return queries.Count > 0 ? [.. queries] : throw new CommandFailedException($"{settings.QueryFile} has no rows");
    }

    private byte[] Body(float[] query, int? ef)
    {
        ArrayBufferWriter<byte> vector = new();
        NumberText.WriteArray(vector, query);
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("query");
            writer.WriteRawValue(vector.WrittenSpan, skipInputValidation: true);
            writer.WriteNumber("limit", settings.K);
            writer.WriteBoolean("with_payload", false);
            if (settings.VectorName is not null)
            {
                writer.WriteString("using", settings.VectorName);
            }

            writer.WriteStartObject("params");
            writer.WriteBoolean("exact", settings.Exact);
            if (ef is int breadth)
            {
                writer.WriteNumber("hnsw_ef", breadth);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
