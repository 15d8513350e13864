using OrleansVectors.Faults.Points;
using OrleansVectors.Faults.Workload;

namespace OrleansVectors.Faults.Tests.Workload;

public sealed class ModelTests
{
    [Fact]
    public void An_acknowledged_batch_is_there_and_a_refused_one_is_not()
    {
        Model model = new(CollectionKind.Plain);
        model.Begin(Upsert(1, 7, 8));
        model.Acknowledge();
        model.Begin(Upsert(2, 8, 9));
        model.Refuse();

        Assert.Equal(new PointState(1, 1), model[8]);
        Assert.Null(model[9]);
    }

    [Fact]
    public void A_batch_in_doubt_counts_for_the_points_it_arrived_at()
    {
        Model model = new(CollectionKind.Sharded);
        Batch batch = Upsert(1, 7, 8);
        model.Begin(batch);
        model.Doubt();
        Assert.True(model.IsDoubtful(7));
        model.Resolve(batch, [8]);

        Assert.Null(model[7]);
        Assert.Equal(new PointState(1, 1), model[8]);
        Assert.False(model.IsDoubtful(7));
    }

    [Fact]
    public void Changes_of_one_batch_follow_each_other()
    {
        Batch batch = new(
            CollectionKind.Plain,
            [
                new Change(ChangeKind.Upsert, [1, 2, 3], 10),
                new Change(ChangeKind.Delete, [2], 11),
                new Change(ChangeKind.SetPayload, [1, 2], 12),
                new Change(ChangeKind.UpdateVectors, [3], 13),
            ]);

        Assert.Equal(new PointState(12, 10), batch.After(1, null));
        Assert.Null(batch.After(2, null));
        Assert.Equal(new PointState(10, 13), batch.After(3, new PointState(1, 1)));
    }

    private static Batch Upsert(long write, params ulong[] ids) => new(CollectionKind.Plain, [new Change(ChangeKind.Upsert, ids, write)]);
}
