using System.Diagnostics;
using OrleansVectors.Cli.CommandLine;
using Spectre.Console;

namespace OrleansVectors.Cli.Progress;

/// <summary>Shows progress while work runs: a bar on a terminal, a plain line now and then elsewhere.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="work"/> to its end and asks <paramref name="sample"/> from time to time.</summary>
    public static async Task RunAsync(Terminal terminal, string title, Func<ProgressSample> sample, Func<Task> work)
    {
        if (!terminal.ErrorIsTerminal)
        {
            ProgressRate lines = new(sample());
            await WatchAsync(work, LineInterval, elapsed => terminal.Error.WriteLine($"{title}: {lines.Describe(sample(), elapsed)}"));
            return;
        }

        await terminal.Bars().Progress()
            .HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn())
            .StartAsync(async context =>
            {
                ProgressRate rate = new(sample());
                ProgressTask bar = context.AddTask(Markup.Escape(title), maxValue: 1);
                void Show(TimeSpan elapsed)
                {
                    ProgressSample now = sample();
                    bar.Value = now.Fraction;
                    bar.Description = Markup.Escape($"{title}: {rate.Describe(now, elapsed)}");
                }

                Stopwatch clock = Stopwatch.StartNew();
                await WatchAsync(work, BarInterval, Show);
                Show(clock.Elapsed);
            });
    }

    private static async Task WatchAsync(Func<Task> work, TimeSpan interval, Action<TimeSpan> show)
    {
        Stopwatch clock = Stopwatch.StartNew();
        Task running = work();
        while (await Task.WhenAny(running, Task.Delay(interval)) != running)
        {
            show(clock.Elapsed);
        }

        await running;
    }
}
