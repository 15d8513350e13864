using System.Globalization;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Reading;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Partitions.Tests.Vectors;

public sealed class OnDiskTests
{
    private const int Points = 6000;
    private const int Dim = 256;
    private const long VectorBytes = (long)Points * Dim * sizeof(float);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Vectors_on_disk_hold_no_memory_of_the_process_and_survive_crashes_reopenings_and_moves(bool hasGraph)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "vectors lie on disk on Linux alone");
        using TempFolder folder = new();
        VectorFieldSchema cold = Field(hasGraph, onDisk: true);
        await using (PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(cold)))
        {
            await FillAsync(host, 0, Points);
            await host.WaitForIndexingAsync();
            Check(host, generation: 0);
            AssertOnDisk(folder, atLeast: VectorBytes);
            Assert.Empty(Directory.GetFiles(folder.Path, "*.scratch"));

            // A crash now: all there is lies in the log.
            using TempFolder crashed = folder.Copy();
            await using PartitionHost recovered = new(crashed.Path, PartitionHost.SchemaOf(cold));
            Check(recovered, generation: 0);
        }

        // From a checkpoint: vectors are mapped from its files, and what is written to moves to a file of its own.
        await using PartitionHost reopened = new(folder.Path, PartitionHost.SchemaOf(cold));
        Check(reopened, generation: 0);
        AssertOnDisk(folder, atLeast: 0);
        await FillAsync(reopened, 1, Points);
        Check(reopened, generation: 1);
        AssertOnDisk(folder, atLeast: VectorBytes);
    }

    [Fact]
    public async Task Vectors_move_between_memory_and_disk_while_they_are_read_and_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "vectors lie on disk on Linux alone");
        using TempFolder folder = new();
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(Field(hasGraph: false, onDisk: false)));
        await FillAsync(host, 0, Points);
        using CancellationTokenSource stop = new();
        Task reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                CheckSome(host, generation: 0);
            }
        });
        for (int round = 0; round < 3; round++)
        {
            await host.ChangeSchemaAsync(Field(hasGraph: false, onDisk: true));
            await UntilAsync(() => Mapped(folder).Bytes >= VectorBytes);
            AssertOnDisk(folder, atLeast: VectorBytes);
            await host.ChangeSchemaAsync(Field(hasGraph: false, onDisk: false));
            await UntilAsync(() => Mapped(folder).Bytes == 0);
        }

        await stop.CancelAsync();
        await reader;
        Check(host, generation: 0);
        await host.ChangeSchemaAsync(Field(hasGraph: false, onDisk: true));
        await FillAsync(host, 1, Points);
        Check(host, generation: 1);
        using TempFolder crashed = folder.Copy();
        await using PartitionHost recovered = new(crashed.Path, host.Schema);
        Check(recovered, generation: 1);
    }

    [Fact]
    public async Task Rows_of_multi_vectors_lie_on_disk_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "vectors lie on disk on Linux alone");
        using TempFolder folder = new();
        VectorFieldSchema field = Field(hasGraph: false, onDisk: true) with { IsMultiVector = true };
        await using PartitionHost host = new(folder.Path, PartitionHost.SchemaOf(field));
        for (int id = 0; id < 500; id++)
        {
            float[] rows = [.. Enumerable.Range(0, 8).SelectMany(row => PartitionHost.Vector(id + (row * 0.1f), Dim))];
            await host.WriteAsync(new UpsertPoints([new PointInput(PointId.FromNumber((ulong)id), [new NamedVector("", rows, 8)], PartitionHost.Payload("{}"))]));
        }

        AssertOnDisk(folder, atLeast: 500L * 8 * Dim * sizeof(float));
        using TempFolder crashed = folder.Copy();
        await using PartitionHost recovered = new(crashed.Path, host.Schema);
        foreach (PointRecord record in recovered.Partition.Get([PointId.FromNumber(0), PointId.FromNumber(499)], PointProjection.Everything))
        {
            Assert.Equal(PartitionHost.Vector(record.Id.Number + 0.7f, Dim), record.Vectors![0].Values.ToArray()[^Dim..]);
        }
    }

    private static VectorFieldSchema Field(bool hasGraph, bool onDisk) => new()
    {
        Number = 0,
        Name = "",
        Dim = Dim,
        Metric = DistanceMetric.Euclidean,
        M = hasGraph ? 4 : 0,
        EfConstruction = 16,
        GraphFromBytes = 1024,
        OnDisk = onDisk,
    };

    private static float Place(int id, int generation) => (id * 0.5f) + (generation * 0.25f);

    private static async Task FillAsync(PartitionHost host, int generation, int points)
    {
        foreach (int[] batch in Enumerable.Range(0, points).Chunk(500))
        {
            Assert.Null((await host.WriteAsync(new UpsertPoints([.. batch.Select(id => new PointInput(
                PointId.FromNumber((ulong)id), [new NamedVector("", PartitionHost.Vector(Place(id, generation), Dim))], PartitionHost.Payload("{}")))]))).Refusal);
        }
    }

    private static void Check(PartitionHost host, int generation)
    {
        IReadOnlyList<PointRecord> records = host.Partition.Get([.. Enumerable.Range(0, Points).Select(id => PointId.FromNumber((ulong)id))], PointProjection.Everything);
        Assert.Equal(Points, records.Count);
        Assert.All(records, record => Assert.Equal(PartitionHost.Vector(Place((int)record.Id.Number, generation), Dim), record.Vectors![0].Values.ToArray()));
        CheckSome(host, generation);
    }

    private static void CheckSome(PartitionHost host, int generation)
    {
        for (int id = 0; id < Points; id += Points / 20)
        {
            SearchRequest request = new() { Vector = PartitionHost.Vector(Place(id, generation), Dim), Limit = 1, Exact = true };
            Assert.Equal((ulong)id, host.Partition.Search(request, CancellationToken.None)[0].Point.Id.Number);
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (long started = Environment.TickCount64; !holds(); await Task.Delay(5))
        {
            Assert.True(Environment.TickCount64 - started < 30_000, "vectors do not move");
        }
    }

    private static void AssertOnDisk(TempFolder folder, long atLeast)
    {
        (long bytes, long anonymous) = Mapped(folder);
        Assert.True(bytes >= atLeast, $"{bytes} bytes are mapped");
        Assert.Equal(0, anonymous);
    }

    /// <summary>Bytes mapped of the folder's scratch files, and those of them that are the process's own memory.</summary>
    private static (long Bytes, long Anonymous) Mapped(TempFolder folder)
    {
        long bytes = 0;
        long anonymous = 0;
        bool isScratch = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Contains('-', StringComparison.Ordinal) && !line.Contains("kB", StringComparison.Ordinal) && char.IsAsciiHexDigitLower(line[0]))
            {
                isScratch = line.Contains(folder.Path, StringComparison.Ordinal) && line.Contains(".scratch", StringComparison.Ordinal);
            }
            else if (isScratch && line.StartsWith("Size:", StringComparison.Ordinal))
            {
                bytes += KiB(line);
            }
            else if (isScratch && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                anonymous += KiB(line);
            }
        }

        return (bytes, anonymous);
    }

    private static long KiB(string line) => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
