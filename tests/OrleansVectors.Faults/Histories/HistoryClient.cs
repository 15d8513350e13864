using System.Text.Json;
using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Reporting;
using OrleansVectors.Faults.Rest;

namespace OrleansVectors.Faults.Histories;

/// <summary>One client: reads, writes, deletes and compares-and-sets registers, one request after the other, and records it.</summary>
internal sealed class HistoryClient(
    int number, IReadOnlyList<Register> registers, IReadOnlyList<Recording> recordings, ServerLives lives, UniqueValues values, Random random, Report report)
{
    private readonly long[] _lastSeen = new long[registers.Count];

    /// <summary>Operations that were answered, and those that were not.</summary>
    public (int Answered, int Unanswered) Count { get; private set; }

    /// <summary>Goes on until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await StepAsync().ConfigureAwait(false);
    }

    /// <summary>Reads every register once.</summary>
    public async Task ReadAllAsync()
    {
        for (int i = 0; i < registers.Count; i++)
            await DoAsync(i, Begin(i, OperationKind.Read)).ConfigureAwait(false);
    }

    private Task StepAsync()
    {
        int i = random.Next(registers.Count);
        Operation operation = random.Next(20) switch
        {
            < 8 => Begin(i, OperationKind.Read),
            < 13 => Begin(i, OperationKind.Write) with { Value = values.NextWritten() },
            < 18 when _lastSeen[i] != 0 => Begin(i, OperationKind.CompareAndSet) with { Value = values.NextCompared(), Expected = _lastSeen[i] },
            < 18 => Begin(i, OperationKind.Read), // nothing can be compared with a value nobody has seen
            _ => Begin(i, OperationKind.Delete),
        };
        return DoAsync(i, operation);
    }

    private Operation Begin(int register, OperationKind kind)
        => new() { Client = number, Kind = kind, Invoked = recordings[register].Now, Returned = Operation.Never };

    private async Task DoAsync(int i, Operation operation)
    {
        Register register = registers[i];
        (RestClient rest, int life) = await lives.AliveAsync().ConfigureAwait(false);
        operation = operation with { Invoked = recordings[i].Now };
        try
        {
            Answer answer = await rest.CallAsync(RequestOf(register, operation)).ConfigureAwait(false);
            operation = operation with { Returned = recordings[i].Now };
            Count = Count with { Answered = Count.Answered + 1 };
            if (!answer.IsOk)
            {
                report.Violation($"life {life}, {operation}", "an answer", answer.ToString());
                recordings[i].AddUnknown(operation, life);
                return;
            }

            if (operation.Kind == OperationKind.Read)
                operation = operation with { Value = Merge(register, answer.Result, operation, life) };
            if (operation.Kind != OperationKind.Delete)
                _lastSeen[i] = operation.Value == 0 ? _lastSeen[i] : operation.Value;
            recordings[i].Add(operation);
        }
        catch (ServerGoneException)
        {
            Count = Count with { Unanswered = Count.Unanswered + 1 };
            if (operation.Kind != OperationKind.Read)
                recordings[i].AddUnknown(operation, life);

            // The next life is waited for, not the rest of this one.
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    private static Request RequestOf(Register register, Operation operation) => operation.Kind switch
    {
        OperationKind.Read => register.Read(),
        OperationKind.Write => register.Write(operation.Value),
        OperationKind.Delete => register.Delete(),
        _ => register.CompareAndSet(operation.Expected, operation.Value),
    };

    private long Merge(Register register, JsonElement points, Operation operation, int life)
    {
        long[] found = register.Values(points, out string? fault);
        if (fault is not null)
            report.Violation($"life {life}, {operation}", "payload and vector of one write", fault);
        if (!GroupRead.TryMerge(found, out long value))
            report.Violation($"life {life}, {operation}", $"one value for all of the points {CollectionKind.Join(register.Ids)}", string.Join(',', found));
        return value;
    }
}
