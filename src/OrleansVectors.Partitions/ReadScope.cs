using OrleansVectors.Indexes.Concurrency;

namespace OrleansVectors.Partitions;

/// <summary>The time that a reader is inside the gate: nothing it can see is freed.</summary>
internal readonly struct ReadScope(ReaderGate gate) : IDisposable
{
    private readonly int _pass = gate.Enter();

    public void Dispose() => gate.Exit(_pass);
}
