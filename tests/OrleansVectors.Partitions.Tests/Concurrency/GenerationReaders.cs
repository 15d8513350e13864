using OrleansVectors.Partitions.Reading;

namespace OrleansVectors.Partitions.Tests.Concurrency;

/// <summary>Threads that read again and again while generations of points replace each other, and what a read of one moment looks like.</summary>
internal sealed class GenerationReaders : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<(string? Failure, int Rounds)>[] _readers;

    /// <param name="checks">A thread for each: what is wrong with what it read, or null.</param>
    public GenerationReaders(Func<string?>[] checks)
        => _readers = [.. checks.Select(check => Task.Factory.StartNew(
            () => ReadUntil(check, _stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

    /// <summary>Whether one has found something wrong.</summary>
    public bool HasFailed => _readers.Any(reader => reader.IsCompleted);

    /// <summary>Ends the readers: each read something, and nothing was wrong.</summary>
    public async Task AssertAllReadAsync()
    {
        await _stop.CancelAsync();
        (string? Failure, int Rounds)[] results = await Task.WhenAll(_readers);
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.All(results, result => Assert.NotEqual(0, result.Rounds));
    }

    /// <summary>What is wrong with points that should be all of one generation; null for nothing.</summary>
    public static string? OneGeneration(string read, int expected, IReadOnlyList<PointRecord> points)
    {
        string[] payloads = [.. points.Select(point => point.Payload!.ToString()).Distinct()];
        return points.Count == expected && payloads.Length == 1 ? null : $"{read}: {points.Count} points, {string.Join(", ", payloads)}";
    }

    /// <summary>What is wrong with the counts of generations, of which there should be one; null for nothing.</summary>
    public static string? OneGeneration(int expected, IReadOnlyDictionary<FacetValue, long> generations)
        => generations.Count == 1 && generations.Values.Single() == expected ? null
            : $"facet: {string.Join(", ", generations.Select(pair => $"{pair.Value} of generation {pair.Key.Integer}"))}";

    public void Dispose() => _stop.Dispose();

    private static (string? Failure, int Rounds) ReadUntil(Func<string?> check, CancellationToken stop)
    {
        int rounds = 0;
        for (; !stop.IsCancellationRequested; rounds++)
        {
            if (check() is { } failure)
            {
                return (failure, rounds);
            }
        }

        return (null, rounds);
    }
}
