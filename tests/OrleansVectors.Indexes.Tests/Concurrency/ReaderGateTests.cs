using System.Diagnostics;
using OrleansVectors.Indexes.Concurrency;

namespace OrleansVectors.Indexes.Tests.Concurrency;

public sealed class ReaderGateTests
{
    [Fact]
    public void An_epoch_has_quiesced_only_when_every_reader_that_entered_in_it_has_left()
    {
        var gate = new ReaderGate();
        var first = gate.Enter();
        var unlinked = gate.Epoch;
        Assert.False(gate.HasQuiesced(unlinked));
        var late = gate.Enter();
        gate.Exit(first);
        Assert.Equal(late == first, !gate.HasQuiesced(unlinked));
        gate.Exit(late);
        Assert.True(gate.HasQuiesced(unlinked));
    }

    [Fact]
    public void Readers_that_enter_later_do_not_hold_back_an_older_epoch()
    {
        var gate = new ReaderGate();
        var unlinked = gate.Epoch;
        Assert.True(gate.HasQuiesced(unlinked));
        var late = gate.Enter();
        Assert.True(gate.HasQuiesced(unlinked));
        Assert.False(gate.HasQuiesced(gate.Epoch));
        gate.Exit(late);
    }

    [Fact]
    public void No_reader_meets_what_was_freed_after_waiting_for_readers()
    {
        const int freed = -1;
        var gate = new ReaderGate();
        var slots = new int[2];
        var current = 0;
        var done = false;
        var faults = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                var pass = gate.Enter();
                var slot = Volatile.Read(ref current);
                Thread.SpinWait(20);
                if (Volatile.Read(ref slots[slot]) == freed)
                {
                    Interlocked.Increment(ref faults);
                }

                gate.Exit(pass);
            }
        })).ToList();
        readers.ForEach(thread => thread.Start());
        // By the clock: where threads outnumber cores, each wait may last until a reader gets its turn to leave.
        var watch = Stopwatch.StartNew();
        for (var round = 0; watch.ElapsedMilliseconds < 500; round++)
        {
            var old = current;
            Volatile.Write(ref slots[1 - old], round);
            Volatile.Write(ref current, 1 - old);
            gate.WaitForReaders();
            Volatile.Write(ref slots[old], freed);
        }

        Volatile.Write(ref done, true);
        readers.ForEach(thread => thread.Join());
        Assert.Equal(0, faults);
    }
}
