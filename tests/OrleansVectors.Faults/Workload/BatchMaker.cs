using OrleansVectors.Faults.Points;

namespace OrleansVectors.Faults.Workload;

/// <summary>Makes random batches over the points of one writer.</summary>
/// <param name="writer">The writer's number.</param>
/// <param name="writers">How many writers share the ids.</param>
/// <param name="ids">Ids of one writer in one collection.</param>
/// <param name="random">Where the choices come from.</param>
internal sealed class BatchMaker(int writer, int writers, int ids, Random random)
{
    private const int PointsMax = 16;
    private const int ChangesMax = 4;
    private const int AttemptsMax = 1_000;

    private long _write;

    /// <summary>The next batch for a collection.</summary>
    public Batch Next(Model model)
    {
        // Two of three are a single change, the others a list of several.
        int changes = random.Next(3) > 0 ? 1 : 2 + random.Next(ChangesMax - 1);
        List<Change> list = [];
        while (list.Count < changes)
            list.Add(NextChange(model, list));
        return new Batch(model.Kind, list);
    }

    private Change NextChange(Model model, List<Change> before)
    {
        _write = (_write + 1) % PointContent.NumberMax;
        ChangeKind kind = random.Next(20) switch
        {
            < 10 => ChangeKind.Upsert,
            < 13 => ChangeKind.UpdateVectors,
            < 15 => ChangeKind.SetPayload,
            < 17 => ChangeKind.OverwritePayload,
            < 19 => ChangeKind.Delete,
            _ => ChangeKind.DeleteByFilter,
        };
        ulong[] some = Some(model);
        if (kind is ChangeKind.UpdateVectors or ChangeKind.SetPayload or ChangeKind.OverwritePayload)
        {
            // A request that names a point that is not there is refused, unless it makes the point before.
            ulong[] known = [.. some.Where(id => model[id] is not null || before.Any(change => change.Kind == ChangeKind.Upsert && change.Ids.Contains(id)))];
            if (known.Length == 0)
                kind = ChangeKind.Upsert;
            else
                some = known;
        }

        return new Change(kind, some, _write);
    }

    private ulong[] Some(Model model)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            // Mostly few points; sometimes many.
            int count = 1 + random.Next(random.Next(4) == 0 ? PointsMax : 4);
            ulong[] some =
            [
                .. Enumerable.Range(0, count).Select(_ => (ulong)((random.Next(ids) * writers) + writer)).Distinct()
                    .Where(id => !model.IsDoubtful(id)),
            ];
            if (some.Length > 0)
                return some;
        }

        throw new InvalidOperationException($"nearly all of the {ids} points of {model.Kind.Name} are in doubt");
    }
}
