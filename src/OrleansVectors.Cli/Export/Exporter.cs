using System.Globalization;
using System.Text.Json;
using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Progress;
using OrleansVectors.Cli.Rest;

namespace OrleansVectors.Cli.Export;

/// <summary>One export: a walk over the collection into a sink.</summary>
internal sealed class Exporter(VectorsClient client, ExportSettings settings, Terminal terminal)
{
    private long _written;

    /// <summary>Exports every point; returns how many there were.</summary>
    public async Task<long> RunAsync(CancellationToken cancellation)
    {
        CollectionDescription collection = await client.FindCollectionAsync(settings.Collection, cancellation)
            ?? throw new CommandFailedException($"collection '{settings.Collection}' does not exist");
        string vectorName = settings.Format == ExportFormat.Jsonl ? settings.VectorName ?? "" : OnlyVector(collection);

        using OutputFile output = new(settings.File, terminal.OpenOutput);
        using OutputFile? ids = settings.IdsFile is string path ? new OutputFile(path, terminal.OpenOutput) : null;
        long expected = collection.Points ?? 0;
        using (IPointSink sink = await OpenSinkAsync(output.Content, vectorName, cancellation))
        {
            await ProgressDisplay.RunAsync(
                terminal,
                settings.Collection,
                () => Sample(expected),
                () => Task.Run(() => WriteAllAsync(sink, ids, cancellation), cancellation));
            sink.Complete();
        }

        output.Commit();
        ids?.Commit();
        return _written;
    }

    private ProgressSample Sample(long expected)
    {
        long written = Volatile.Read(ref _written);
        return new ProgressSample(written, expected > 0 ? Math.Min(1, (double)written / expected) : 0);
    }

    private async Task WriteAllAsync(IPointSink sink, OutputFile? ids, CancellationToken cancellation)
    {
        bool idsAreRows = true;
        bool vectorsAlone = settings.Format is ExportFormat.Fvecs or ExportFormat.Npy;
        await foreach (JsonElement page in Scroll.PagesAsync(client, settings.Collection, !vectorsAlone, withVectors: true, settings.VectorName, cancellation))
        {
            foreach (JsonElement point in page.EnumerateArray())
            {
                JsonElement id = point.GetProperty("id");
                idsAreRows &= id.ValueKind == JsonValueKind.Number && id.GetRawText() == _written.ToString(CultureInfo.InvariantCulture);
                ids?.Content.Write(System.Text.Encoding.UTF8.GetBytes(id.ToString() + "\n"));
                sink.Write(point);
                Volatile.Write(ref _written, _written + 1);
            }
        }

        if (vectorsAlone && !idsAreRows && ids is null)
        {
            terminal.Error.WriteLine("the ids are not the row numbers and this format does not hold them; --ids FILE writes them beside");
        }
    }

    private async Task<IPointSink> OpenSinkAsync(Stream content, string vectorName, CancellationToken cancellation) => settings.Format switch
    {
        ExportFormat.Jsonl => new JsonlSink(content),
        ExportFormat.Fvecs => new FvecsSink(content, vectorName),
        ExportFormat.Npy => new NpySink(content, vectorName),
        _ => new CsvSink(content, vectorName, await PayloadKeysAsync(cancellation)),
    };

    /// <summary>A csv header comes before the points, so their keys are collected in a walk of their own, without vectors.</summary>
    private async Task<List<string>> PayloadKeysAsync(CancellationToken cancellation)
    {
        List<string> keys = [];
        HashSet<string> seen = [];
        await foreach (JsonElement page in Scroll.PagesAsync(client, settings.Collection, withPayload: true, withVectors: false, vectorName: null, cancellation))
        {
            foreach (JsonElement point in page.EnumerateArray())
            {
                if (point.TryGetProperty("payload", out JsonElement payload) && payload.ValueKind == JsonValueKind.Object)
                {
                    keys.AddRange(payload.EnumerateObject().Select(member => member.Name).Where(seen.Add));
                }
            }
        }

        string? clash = keys.FirstOrDefault(key => key is "id" or "vector");
        return clash is null
            ? keys
            : throw new CommandFailedException($"the payload key '{clash}' would be a second column of that name; export as jsonl");
    }

    private string OnlyVector(CollectionDescription collection)
    {
        if (settings.VectorName is string chosen)
        {
            return collection.Vectors.Any(vector => vector.Name == chosen)
                ? chosen
                : throw new CommandFailedException($"collection '{collection.Name}' has no vector named '{chosen}'");
        }

        string[] dense = [.. collection.Vectors.Where(vector => vector.Dim is not null && !vector.IsMulti).Select(vector => vector.Name)];
        return dense.Contains("") ? "" : dense.Length == 1
            ? dense[0]
            : throw new CommandFailedException($"collection '{collection.Name}' has the vectors {string.Join(", ", dense)}: choose one with --name");
    }
}
