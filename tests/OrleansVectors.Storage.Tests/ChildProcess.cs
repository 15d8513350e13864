using System.Diagnostics;
using System.Runtime.CompilerServices;
using OrleansVectors.Storage.Folders;
using OrleansVectors.Storage.Log;
using OrleansVectors.Storage.Tests.Blobs;
using OrleansVectors.Storage.Tests.Log;

namespace OrleansVectors.Storage.Tests;

/// <summary>
/// Starts this test program a second time to do one job until it is killed. The job comes in environment variables and
/// begins before the test runner's entry point.
/// </summary>
internal static class ChildProcess
{
    public const string HoldLock = "hold-lock";
    public const string AppendForever = "append-forever";
    public const string PutForever = "put-forever";
    private const string JobVariable = "OV_STORAGE_TESTS_JOB";
    private const string FolderVariable = "OV_STORAGE_TESTS_FOLDER";

    public static Process Start(string job, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        string dll = typeof(ChildProcess).Assembly.Location;
        ProcessStartInfo start = new("dotnet", [dll]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment[JobVariable] = job;
        start.Environment[FolderVariable] = folder;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

#pragma warning disable CA2255 // The initializer of this program, not of a library.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunJob()
    {
        string? job = Environment.GetEnvironmentVariable(JobVariable);
        if (job is not null)
        {
            Run(job, Environment.GetEnvironmentVariable(FolderVariable)!);
            Environment.Exit(0);
        }
    }

    private static void Run(string job, string folder)
    {
        switch (job)
        {
            case HoldLock:
                using (FolderLock.Acquire(folder))
                {
                    Say("held");
                    Console.In.ReadLine();
                }

                break;
            case AppendForever:
                using (FolderLock.Acquire(folder))
                using (LocalLog log = LocalLog.Open(folder, new LocalLogOptions { FileBytesMax = 100_000 }))
                {
                    AppendUntilKilled(log);
                }

                break;
            case PutForever:
                BlobKillTests.PutUntilKilled(folder, Say);
                break;
            default:
                throw new ArgumentException($"There is no job '{job}'.", nameof(job));
        }
    }

    private static void AppendUntilKilled(LocalLog log)
    {
        Random random = new((int)log.LastSequence.Value);
        for (int i = 0; i < 1_000_000; i++)
        {
            LogSequence acknowledged = log.AppendNext(random.Next(1, 20), bytesMax: 2000);
            Say(acknowledged.ToString());
        }
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
