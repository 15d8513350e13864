using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Collections.Tests.Crashes;

/// <summary>
/// This test program, started a second time to write until it is killed. The job comes in environment variables and
/// begins before the test runner's entry point, on that one thread: no other may run code of this assembly meanwhile.
/// </summary>
/// <remarks>
/// Step s writes, at once, generation s into all points of <c>batches</c>, and three new points into <c>spread</c>; if s
/// is odd those three are deleted again. Then it says "s".
/// </remarks>
internal static class WritingChild
{
    public const int BatchPoints = 20;
    public const int StepPoints = 3;
    public const string Batches = "batches";
    public const string Spread = "spread";
    private const string FolderVariable = "OV_COLLECTIONS_TESTS_FOLDER";
    private const string StepVariable = "OV_COLLECTIONS_TESTS_STEP";

    public static Process Start(string folder, long step)
    {
        ProcessStartInfo start = new("dotnet", [typeof(WritingChild).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment[FolderVariable] = folder;
        start.Environment[StepVariable] = step.ToString(CultureInfo.InvariantCulture);
        start.Environment["DOTNET_TieredPGO"] = "0"; // it lives for a moment
        return Process.Start(start)!;
    }

    public static ulong[] IdsOf(long step) => [.. Enumerable.Range(0, StepPoints).Select(i => (ulong)((step * StepPoints) + i))];

    public static PointInput BatchPoint(int id, long generation)
        => TestDatabase.Point((ulong)id, $$"""{"generation":{{generation}}}""") with
        {
            Vectors = [new Partitions.NamedVector("", TestDatabase.Vector((ulong)generation))],
        };

#pragma warning disable CA2255 // The initializer of this program, not of a library.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunJob()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { } folder)
        {
            Write(folder, long.Parse(Environment.GetEnvironmentVariable(StepVariable)!, CultureInfo.InvariantCulture));
            Environment.Exit(0);
        }
    }

    private static void Write(string folder, long step)
    {
        VectorDatabase database = VectorDatabase.OpenAsync(Options(folder, step)).GetAwaiter().GetResult();
        Collection batches = database.GetCollection(Batches);
        Collection spread = database.GetCollection(Spread);
        for (long end = step + 100_000; step < end; step++)
        {
            PointInput[] batch = new PointInput[BatchPoints];
            for (int i = 0; i < BatchPoints; i++)
            {
                batch[i] = BatchPoint(i, step);
            }

            Task<IReadOnlyList<WriteResult>> first = batches.WriteAsync(new UpsertPoints(batch));
            PointInput[] points = new PointInput[StepPoints];
            for (int i = 0; i < StepPoints; i++)
            {
                ulong id = IdsOf(step)[i];
                points[i] = TestDatabase.Point(id, $$"""{"n":{{id}}}""");
            }

            spread.WriteAsync(new UpsertPoints(points)).GetAwaiter().GetResult();
            if (step % 2 == 1)
            {
                spread.WriteAsync(new DeletePoints(TestDatabase.Ids(IdsOf(step)))).GetAwaiter().GetResult();
            }

            first.GetAwaiter().GetResult();
            Console.Out.WriteLine(step.ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }

    private static DatabaseOptions Options(string folder, long step) => new()
    {
        Folder = folder,
        Partitions = new Partitions.PartitionOptions
        {
            Durability = step % 2 == 0 ? Storage.Log.Durability.Os : Storage.Log.Durability.Flush,
            CheckpointLogBytes = 3_000,
            PointsMax = 1 << 20,
        },
    };
}
