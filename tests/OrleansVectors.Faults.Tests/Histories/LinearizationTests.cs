using OrleansVectors.Faults.Histories;

namespace OrleansVectors.Faults.Tests.Histories;

public sealed class LinearizationTests
{
    [Fact]
    public void An_empty_history_is_linearizable() => Linearizable();

    [Fact]
    public void Reads_in_turn_with_writes_see_the_last_one()
        => Linearizable(Read(0, 0, 1), Write(1, 2, 3), Read(1, 4, 5), Write(2, 6, 7), Read(2, 8, 9), Delete(10, 11), Read(0, 12, 13));

    [Fact]
    public void A_read_beside_a_write_may_see_it_or_not()
    {
        Linearizable(Write(1, 0, 10), Read(0, 1, 2), Read(1, 3, 4));
        Violated(Write(1, 0, 10), Read(1, 1, 2), Read(0, 3, 4));
    }

    [Fact]
    public void Writes_at_a_time_may_come_in_either_order_but_only_in_one()
    {
        Linearizable(Write(1, 0, 10), Write(2, 0, 10), Read(1, 11, 12), Read(1, 13, 14));
        Violated(Write(1, 0, 10), Write(2, 0, 10), Read(1, 11, 12), Read(2, 13, 14));
    }

    [Fact]
    public void An_acknowledged_write_that_nobody_finds_is_lost() => Violated(Write(1, 0, 1), Read(0, 2, 3));

    [Fact]
    public void An_acknowledged_write_that_is_undone_later_is_lost()
        => Violated(Write(1, 0, 1), Write(2, 2, 3), Read(2, 4, 5), Read(1, 6, 7));

    [Fact]
    public void A_read_of_what_was_overwritten_before_it_began_is_stale() => Violated(Write(1, 0, 1), Write(2, 2, 3), Read(1, 4, 5));

    [Fact]
    public void A_client_that_does_not_read_its_own_write_is_noticed()
        => Violated(Write(1, 0, 1), Write(2, 2, 3), Read(1, 4, 5), Read(2, 6, 7));

    [Fact]
    public void A_deleted_value_that_comes_back_is_a_violation() => Violated(Write(1, 0, 1), Delete(2, 3), Read(1, 4, 5));

    [Fact]
    public void A_value_that_nobody_wrote_is_a_violation() => Violated(Write(1, 0, 1), Read(7, 2, 3));

    [Fact]
    public void A_value_read_before_it_was_written_is_a_violation() => Violated(Read(1, 0, 1), Write(1, 2, 3));

    [Fact]
    public void A_compare_and_set_takes_effect_only_where_the_value_is_the_expected_one()
    {
        Linearizable(Write(1, 0, 1), CompareAndSet(1, 2, 2, 3), Read(2, 4, 5));
        Linearizable(Write(1, 0, 1), CompareAndSet(7, 2, 2, 3), Read(1, 4, 5));
        Linearizable(CompareAndSet(1, 2, 0, 1), Read(0, 2, 3));
    }

    [Fact]
    public void A_compare_and_set_that_had_to_succeed_and_is_not_seen_is_lost()
        => Violated(Write(1, 0, 1), CompareAndSet(1, 2, 2, 3), Read(1, 4, 5));

    [Fact]
    public void A_compare_and_set_that_had_to_fail_and_is_seen_is_a_violation()
        => Violated(Write(1, 0, 1), Write(3, 2, 3), CompareAndSet(1, 2, 4, 5), Read(2, 6, 7));

    [Fact]
    public void Of_two_compare_and_sets_of_one_value_only_one_takes_effect()
    {
        Linearizable(Write(1, 0, 1), CompareAndSet(1, 2, 2, 10), CompareAndSet(1, 3, 2, 10), Read(3, 11, 12));
        Violated(Write(1, 0, 1), CompareAndSet(1, 2, 2, 10), CompareAndSet(1, 3, 2, 10), Read(2, 11, 12), Read(3, 13, 14));
    }

    [Fact]
    public void An_unanswered_write_may_be_seen_or_not()
    {
        Linearizable(Unknown(Write(1, 0, 1)), Read(0, 2, 3));
        Linearizable(Unknown(Write(1, 0, 1)), Read(1, 2, 3));
    }

    [Fact]
    public void An_unanswered_write_may_be_seen_late_but_not_come_and_go()
    {
        Operation write = Unknown(Write(1, 0, 1)) with { Returned = Operation.Never };
        Linearizable(write, Read(0, 2, 3), Read(1, 4, 5));
        Violated(write, Read(1, 2, 3), Read(0, 4, 5));
    }

    [Fact]
    public void An_unanswered_write_has_no_effect_after_the_server_that_had_it_is_dead()
        => Violated(Unknown(Write(1, 0, 3)), Read(0, 4, 5), Read(1, 6, 7));

    [Fact]
    public void An_unanswered_compare_and_set_takes_effect_only_at_the_expected_value()
    {
        Linearizable(Write(1, 0, 1), Unknown(CompareAndSet(1, 2, 2, 3)), Read(2, 4, 5));
        Violated(Write(1, 0, 1), Unknown(CompareAndSet(7, 2, 2, 3)), Read(2, 4, 5));
    }

    [Fact]
    public void Long_histories_with_many_unanswered_writes_are_decided()
    {
        List<Operation> history = [];
        for (int i = 1; i < 3000; i++)
        {
            history.Add(i % 100 == 0 ? Unknown(Write(i, i * 10, (i * 10) + 2000)) : Write(i, i * 10, (i * 10) + 5));
            if (i % 100 != 0)
                history.Add(Read(i, (i * 10) + 6, (i * 10) + 8));
        }

        Linearizable([.. history]);
        Violated([.. history, Read(17, 40_000, 40_001)]);
    }

    [Fact]
    public void Random_histories_of_a_real_register_are_linearizable_and_a_changed_read_is_noticed()
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            List<Operation> history = MadeBy(new Random(seed));
            Assert.True(Linearization.Judge(history).Outcome == Outcome.Linearizable, $"seed {seed}");
            int read = history.FindIndex(operation => operation.Kind == OperationKind.Read);
            history[read] = history[read] with { Value = 1_000_000 };
            Assert.True(Linearization.Judge(history).Outcome == Outcome.Violated, $"seed {seed}");
        }
    }

    /// <summary>Operations take effect at a moment within their bounds, on a register that is one variable.</summary>
    private static List<Operation> MadeBy(Random random)
    {
        long value = 0;
        List<Operation> history = [];
        for (int moment = 100; moment < 6_000; moment += 100)
        {
            (long invoked, long returned) = (moment - random.Next(400), moment + random.Next(400));
            Operation operation = random.Next(6) switch
            {
                < 2 => Read(value, invoked, returned),
                2 => Write(moment, invoked, returned),
                3 => CompareAndSet(value, moment, invoked, returned),
                4 => Delete(invoked, returned),
                _ => Unknown(Write(moment, invoked, returned)),
            };
            value = random.Next(2) == 0 ? operation.After(value).First() : operation.After(value).Last();
            history.Add(operation);
        }

        history.Add(Read(value, 7_000, 7_001));
        return history;
    }

    private static void Linearizable(params Operation[] history)
    {
        LinearizationVerdict verdict = Linearization.Judge(history);
        Assert.True(verdict.Outcome == Outcome.Linearizable, verdict.Reason);
    }

    private static void Violated(params Operation[] history) => Assert.Equal(Outcome.Violated, Linearization.Judge(history).Outcome);

    private static Operation Read(long value, long from, long to) => Of(OperationKind.Read, value, from, to);

    private static Operation Write(long value, long from, long to) => Of(OperationKind.Write, value, from, to);

    private static Operation Delete(long from, long to) => Of(OperationKind.Delete, 0, from, to);

    private static Operation CompareAndSet(long expected, long value, long from, long to)
        => Of(OperationKind.CompareAndSet, value, from, to) with { Expected = expected };

    private static Operation Unknown(Operation operation) => operation with { IsUnknown = true };

    private static Operation Of(OperationKind kind, long value, long from, long to)
        => new() { Client = 1, Kind = kind, Value = value, Invoked = from, Returned = to };
}
