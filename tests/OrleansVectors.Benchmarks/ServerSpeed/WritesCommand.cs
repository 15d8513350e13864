using System.CommandLine;
using System.Globalization;
using System.Text;
using OrleansVectors.Benchmarks.Churn;
using OrleansVectors.Benchmarks.CommandLine;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary><c>writes</c>: how many writes a second are acknowledged, each durable, against what the disk can do.</summary>
internal static class WritesCommand
{
    private const int SecondsMax = 3600;
    private const int DimMax = 4096;
    private const double Milli = 1e3;

    /// <summary>Of a logged point: header of the record, kind, id and the like.</summary>
    private const int RecordOverheadBytes = 80;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var clients = OptionForms.Numbers("--clients", "Clients that write at once, one measurement for each number.", [1, 8, 64], 1, OptionForms.ThreadsMax);
        var seconds = OptionForms.Number("--seconds", "How long each measurement takes.", 5, 1, SecondsMax);
        var rounds = OptionForms.Number("--rounds", "How often all are measured, in turns.", 3, 1, 100);
        var dim = OptionForms.Number("--dim", "Components of the one point that a write brings.", 32, 1, DimMax);
        var data = OptionForms.Text("--data", "An empty folder for the server's data, on the disk to measure; left in place.");
        var server = OptionForms.Text("--server", "The folder of a published server, to measure that instead of the one built with the benchmarks.");
        var with = OptionForms.Text("--with", "More options of the server, with blanks between them.");
        var command = new Command(
            "writes", "Durable writes of one point each, through the real server: writes,WHAT,CLIENTS,PER_SECOND,P50_MS,P99_MS,TIMES THE DISK'S FLUSHES")
        {
            clients, seconds, rounds, dim, data, server, with,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(clients),
            parsed.GetRequiredValue(seconds),
            parsed.GetRequiredValue(rounds),
            parsed.GetRequiredValue(dim),
            parsed.GetValue(data),
            parsed.GetValue(server),
            parsed.GetValue(with)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            output,
            error));
        return command;
    }

    private static void Run(
        int[] clients, int seconds, int rounds, int dim, string? data, string? published, string[] with, TextWriter output, TextWriter error)
    {
        using var folder = new DataFolder(data);
        using var server = ServerProcess.Start(published, folder.Path, with);
        using var collection = new RestCollection(server.Url);
        collection.Create(dim, "Euclid", quantization: null);
        var bodies = Enumerable.Range(0, 1024).Select(id => Body(id, dim)).ToArray();
        RestLoad.Count(8, 2_000, number => collection.Store(bodies[number % bodies.Length])); // warm
        for (var round = 1; round <= rounds; round++)
        {
            error.WriteLine($"round {round} of {rounds}");
            LoadTimes raw = RawFlushes.For(folder.Path, (dim * sizeof(float)) + RecordOverheadBytes, seconds);
            Write(output, "disk", 1, raw, raw);
            foreach (var count in clients)
            {
                Write(output, "acknowledged", count, RestLoad.For(count, seconds, number => collection.Store(bodies[number % bodies.Length])), raw);
            }
        }
    }

    private static byte[] Body(int id, int dim)
    {
        var random = new Random(id);
        var vector = string.Join(',', Enumerable.Range(0, dim).Select(_ => random.NextSingle().ToString("0.####", CultureInfo.InvariantCulture)));
        return Encoding.UTF8.GetBytes($$"""{"points":[{"id":{{id}},"vector":[{{vector}}]}]}""");
    }

    private static void Write(TextWriter output, string what, int clients, LoadTimes times, LoadTimes raw) =>
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"writes,{what},{clients},{PerSecond(times):F0},{Percentile.Of(times.Each, 50) * Milli:F3},{Percentile.Of(times.Each, 99) * Milli:F3},{PerSecond(times) / PerSecond(raw):F2}"));

    private static double PerSecond(LoadTimes times) => times.Each.Length / times.Seconds;
}
