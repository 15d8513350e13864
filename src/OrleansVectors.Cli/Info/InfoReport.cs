using System.Globalization;
using System.Text.Json;
using OrleansVectors.Cli.CommandLine;
using OrleansVectors.Cli.Rest;
using Spectre.Console;

namespace OrleansVectors.Cli.Info;

/// <summary>What a server is and holds, for people as tables, for programs as JSON.</summary>
internal sealed class InfoReport(Terminal terminal, Uri url, string title, string version, IReadOnlyList<CollectionDescription> collections)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Asks the server; for one collection or for all.</summary>
    public static async Task<InfoReport> AskAsync(VectorsClient client, string? collection, Terminal terminal, CancellationToken cancellation)
    {
        using JsonDocument root = await client.SendAsync(HttpMethod.Get, "", body: null, cancellation);
        string title = root.RootElement.TryGetProperty("title", out JsonElement name) ? name.GetString() ?? "" : "";
        string version = root.RootElement.TryGetProperty("version", out JsonElement number) ? number.GetString() ?? "" : "";
        List<CollectionDescription> found = [];
        if (collection is not null)
        {
            found.Add(await client.FindCollectionAsync(collection, cancellation)
                ?? throw new CommandFailedException($"collection '{collection}' does not exist"));
        }
        else
        {
            using JsonDocument list = await client.SendAsync(HttpMethod.Get, "collections", body: null, cancellation);
            foreach (JsonElement entry in list.RootElement.GetProperty("result").GetProperty("collections").EnumerateArray())
            {
                // One that was dropped since the list was made is left out.
                if (await client.FindCollectionAsync(entry.GetProperty("name").GetString()!, cancellation) is CollectionDescription description)
                {
                    found.Add(description);
                }
            }
        }

        return new InfoReport(terminal, client.Url, title, version, found);
    }

    public void WriteJson()
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Indented))
        {
            writer.WriteStartObject();
            writer.WriteString("url", url.AbsoluteUri);
            writer.WriteString("title", title);
            writer.WriteString("version", version);
            writer.WriteStartArray("collections");
            foreach (CollectionDescription collection in collections)
            {
                writer.WriteStartObject();
                writer.WriteString("name", collection.Name);
                foreach (JsonProperty member in collection.Raw.EnumerateObject())
                {
                    member.WriteTo(writer);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    public void WriteTables(bool withConfig)
    {
        IAnsiConsole console = terminal.Tables();
        console.WriteLine($"{title} {version} at {url}");
        if (collections.Count == 0)
        {
            console.WriteLine("no collections");
            return;
        }

        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn("collection")
            .AddColumn("status")
            .AddColumn(new TableColumn("points").RightAligned())
            .AddColumn(new TableColumn("indexed").RightAligned())
            .AddColumn(new TableColumn("segments").RightAligned())
            .AddColumn("vectors");
        foreach (CollectionDescription collection in collections)
        {
            table.AddRow(
                Markup.Escape(collection.Name),
                Markup.Escape(collection.Status),
                Number(collection.Points),
                Number(collection.IndexedVectors),
                Number(collection.Segments),
                Markup.Escape(string.Join(", ", collection.Vectors.Select(Describe))));
        }

        console.Write(table);
        if (withConfig)
        {
            foreach (string part in (ReadOnlySpan<string>)["config", "payload_schema"])
            {
                if (collections[0].Raw.TryGetProperty(part, out JsonElement value))
                {
                    console.WriteLine($"{part}: {Pretty(value)}");
                }
            }
        }
    }

    private static string Describe(VectorDescription vector)
    {
        string called = vector.Name.Length == 0 ? "" : vector.Name + ": ";
        return vector.Dim is null ? called + "sparse" : $"{called}{vector.Dim} {vector.Distance}{(vector.IsMulti ? " (multi)" : "")}";
    }

    private static string Number(long? value) => value is null ? "" : value.Value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Pretty(JsonElement value)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Indented))
        {
            value.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
