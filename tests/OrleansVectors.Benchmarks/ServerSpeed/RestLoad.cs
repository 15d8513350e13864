using System.Diagnostics;

namespace OrleansVectors.Benchmarks.ServerSpeed;

/// <summary>Clients that send one request after another, each a thread of its own.</summary>
internal static class RestLoad
{
    /// <summary>Sends requests for some time.</summary>
    /// <param name="clients">How many clients.</param>
    /// <param name="seconds">For how long; no request begins afterwards.</param>
    /// <param name="send">Sends the request of that number, which counts up over all clients.</param>
    /// <returns>What it took.</returns>
    public static LoadTimes For(int clients, double seconds, Action<int> send) =>
        Run(clients, send, (_, start) => Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);

    /// <summary>Sends so many requests.</summary>
    public static LoadTimes Count(int clients, int requests, Action<int> send) => Run(clients, send, (number, _) => number < requests);

    private static LoadTimes Run(int clients, Action<int> send, Func<int, long, bool> goesOn)
    {
        var next = -1;
        var times = new List<double>[clients];
        var threads = new Thread[clients];
        Exception? failure = null;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < clients; i++)
        {
            var mine = times[i] = [];
            threads[i] = new Thread(() =>
            {
                try
                {
                    for (int number; goesOn(number = Interlocked.Increment(ref next), start);)
                    {
                        var sent = Stopwatch.GetTimestamp();
                        send(number);
                        mine.Add(Stopwatch.GetElapsedTime(sent).TotalSeconds);
                    }
                }
                catch (Exception thrown)
                {
                    failure = thrown;
                }
            });
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            throw new InvalidOperationException("a request failed", failure);
        }

        var all = times.SelectMany(mine => mine).ToArray();
        Array.Sort(all);
        return new LoadTimes(Stopwatch.GetElapsedTime(start).TotalSeconds, all);
    }
}
