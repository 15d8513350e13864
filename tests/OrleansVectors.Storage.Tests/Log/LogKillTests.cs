using System.Diagnostics;
using System.Globalization;
using OrleansVectors.Storage.Log;

namespace OrleansVectors.Storage.Tests.Log;

public sealed class LogKillTests
{
    [Fact]
    public void Every_acknowledged_operation_survives_the_kill_of_the_process()
    {
        const int Rounds = 20;
        int seed = Environment.TickCount;
        Random random = new(seed);
        using TempFolder folder = new();
        for (int round = 0; round < Rounds; round++)
        {
            ulong acknowledged = AppendAndKill(folder.Path, random.Next(1, 400), random.Next(3));
            using LocalLog log = LocalLog.Open(folder.Path, new LocalLogOptions { FileBytesMax = 100_000 });
            string context = $"seed {seed}, round {round}";
            Assert.True(log.LastSequence.Value >= acknowledged, $"{context}: {log.LastSequence} < {acknowledged}");
            log.Check(bytesMax: 2000);
            if (round % 2 == 0)
            {
                log.AppendNext(count: 3, bytesMax: 2000);
            }
        }
    }

    /// <summary>Lets a child append and kills it after some acknowledgements; returns the last one it gave.</summary>
    private static ulong AppendAndKill(string folder, int lines, int delayMs)
    {
        using Process child = ChildProcess.Start(ChildProcess.AppendForever, folder);
        ulong acknowledged = 0;
        for (int i = 0; i < lines && child.StandardOutput.ReadLine() is string line; i++)
        {
            acknowledged = Parse(line);
        }

        Assert.NotEqual(0ul, acknowledged);
        Thread.Sleep(delayMs);
        child.Kill();

        // What it said before it died counts as well; the last line may be cut.
        string rest = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        string[] whole = rest.Split('\n')[..^1];
        return whole.Length == 0 ? acknowledged : Parse(whole[^1]);
    }

    private static ulong Parse(string line) => ulong.Parse(line, CultureInfo.InvariantCulture);
}
