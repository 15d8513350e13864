using OrleansVectors.Faults.CommandLine;
using OrleansVectors.Faults.Interception;

namespace OrleansVectors.Faults.Disks;

/// <summary>Counts the calls of the workload, chooses the cases and runs them.</summary>
internal sealed class DiskRun(Run run, FaultShim shim)
{
    private readonly DiskFigures _figures = new();
    private int _next;

    public async Task RunAsync(int count, int call, int lanes)
    {
        // A fault that never comes: the number of calls is only near to that of any other run, for the server checkpoints and
        // indexes when it likes.
        long calls = await RunOneAsync(new DiskCase(DiskFault.Broken, long.MaxValue, false, false), 0).ConfigureAwait(false);
        run.Report.Figure("calls of the workload", $"{calls}");
        List<DiskCase> cases = [.. Choose(count, call, calls)];
        await Task.WhenAll(Enumerable.Range(1, lanes).Select(lane => RunLaneAsync(cases, lane))).ConfigureAwait(false);
        _figures.WriteTo(run.Report);
    }

    private IEnumerable<DiskCase> Choose(int count, int call, long calls)
    {
        DiskCase slow = new(DiskFault.Slow, 0, true, false);
        if (call > 0)
            return DiskCase.AllOf(call);
        DiskCase[] all = [.. Enumerable.Range(1, (int)calls).SelectMany(number => DiskCase.AllOf(number))];
        if (count == 0)
            return all.Prepend(slow);
        new Random(run.Seed).Shuffle(all);
        return all.Take(count).Prepend(slow);
    }

    private async Task RunLaneAsync(List<DiskCase> cases, int lane)
    {
        while (Interlocked.Increment(ref _next) is int number && number <= cases.Count)
            await RunOneAsync(cases[number - 1], lane).ConfigureAwait(false);
    }

    private async Task<long> RunOneAsync(DiskCase fault, int lane)
    {
        string folder = run.DataFolder($"lane-{lane}");
        using ControlPage page = new(run.DataFolder($"page-{lane}"));
        int before = run.Report.Violations;
        using (DiskScenario scenario = new(run, shim, page, fault, folder, _figures))
            await scenario.RunAsync().ConfigureAwait(false);
        if (fault.Call != long.MaxValue)
            _figures.Done(page.Failed > 0);
        if (run.Report.Violations == before)
            Directory.Delete(folder, recursive: true);
        else
            Directory.Move(folder, run.DataFolder($"broken-{Guid.NewGuid():N}"));
        return page.Calls;
    }
}
