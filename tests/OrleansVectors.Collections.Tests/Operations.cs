using System.Text;
using System.Text.Json.Nodes;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Filters;
using OrleansVectors.Partitions.Operations;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Collections.Tests;

/// <summary>Random operations, and what they do to a dictionary.</summary>
internal static class Operations
{
    /// <summary>An operation on the ids that leave <paramref name="remainder"/> when divided by <paramref name="modulus"/>.</summary>
    public static PointOperation Random(Random random, int ids, int dim, int remainder = 0, int modulus = 1)
    {
        PointId Id() => PointId.FromNumber((ulong)((random.Next(ids / modulus) * modulus) + remainder));
        PointSelection Selection() => modulus == 1 && random.Next(4) == 0
            ? new PointSelection.ByFilter(GroupIs(random.Next(20)))
            : new PointSelection.ByIds([.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Id()).Distinct()]);
        switch (random.Next(12))
        {
            case < 6:
                PointId[] points = [.. Enumerable.Range(0, 1 + random.Next(8)).Select(_ => Id()).Distinct()];
                return new UpsertPoints([.. points.Select(id => new PointInput(id, Vectors(random, dim), Payload(random)))]);
            case 6:
                return new DeletePoints(Selection());
            case 7:
                return new SetPayload(Selection(), Payload(random));
            case 8:
                return new OverwritePayload(Selection(), Payload(random));
            case 9:
                return new DeletePayloadKeys(Selection(), [PayloadPath.Parse(random.Next(2) == 0 ? "text" : "group")]);
            case 10:
                return new UpdateVectors([new PointVectors(Id(), [new NamedVector("second", Vector(random, dim))])]);
            default:
                return new DeleteVectors(Selection(), [random.Next(2) == 0 ? "" : "second"]);
        }
    }

    public static Filter GroupIs(int group)
        => new() { Must = [new MatchCondition(PayloadPath.Parse("group"), new MatchInteger(group))] };

    /// <summary>Does an operation to both, and requires that both refuse it or neither does.</summary>
    public static async Task ApplyAsync(Collection collection, Dictionary<PointId, ModelPoint> model, PointOperation operation)
    {
        bool refusedByModel = Needed(operation).Any(id => !model.ContainsKey(id));
        try
        {
            await collection.WriteAsync([operation], waitUntilVisible: true);
            Assert.False(refusedByModel, $"{operation} should have been refused");
        }
        catch (PointNotFoundException)
        {
            Assert.True(refusedByModel, $"{operation} should have been taken");
            return;
        }

        Apply(model, operation);
    }

    private static void Apply(Dictionary<PointId, ModelPoint> model, PointOperation operation)
    {
        switch (operation)
        {
            case UpsertPoints upsert:
                foreach (PointInput point in upsert.Points)
                {
                    model[point.Id] = new ModelPoint(point.Vectors.ToDictionary(v => v.Name, v => v.Values.ToArray()), Json(point.Payload));
                }

                break;
            case DeletePoints delete:
                Each(model, delete.Selection, (id, _) => model.Remove(id));
                break;
            case SetPayload set:
                Each(model, set.Selection, (_, point) =>
                {
                    foreach ((string key, JsonNode? value) in Json(set.Payload))
                    {
                        point.Payload[key] = value?.DeepClone();
                    }
                });
                break;
            case OverwritePayload overwrite:
                Each(model, overwrite.Selection, (id, point) => model[id] = point with { Payload = Json(overwrite.Payload) });
                break;
            case DeletePayloadKeys delete:
                Each(model, delete.Selection, (_, point) => point.Payload.Remove(delete.Keys[0].ToString()));
                break;
            case UpdateVectors update:
                foreach (PointVectors point in update.Points)
                {
                    model[point.Id].Vectors["second"] = point.Vectors[0].Values.ToArray();
                }

                break;
            case DeleteVectors delete:
                Each(model, delete.Selection, (_, point) => point.Vectors.Remove(delete.Names[0]));
                break;
            default:
                throw new ArgumentException($"no model of {operation}", nameof(operation));
        }
    }

    private static void Each(Dictionary<PointId, ModelPoint> model, PointSelection selection, Action<PointId, ModelPoint> change)
    {
        IEnumerable<PointId> ids = selection is PointSelection.ByIds byIds
            ? byIds.Ids
            : model.Where(point => point.Value.Payload["group"]?.GetValue<int>() == Group(selection)).Select(point => point.Key);
        foreach (PointId id in ids.ToList())
        {
            if (model.TryGetValue(id, out ModelPoint? point))
            {
                change(id, point);
            }
        }
    }

    private static int Group(PointSelection selection)
        => (int)((MatchInteger)((MatchCondition)((PointSelection.ByFilter)selection).Filter.Must[0]).Match).Value;

    private static IEnumerable<PointId> Needed(PointOperation operation) => operation switch
    {
        UpdateVectors update => update.Points.Select(point => point.Id),
        SetPayload { Selection: PointSelection.ByIds byIds } => byIds.Ids,
        OverwritePayload { Selection: PointSelection.ByIds byIds } => byIds.Ids,
        DeletePayloadKeys { Selection: PointSelection.ByIds byIds } => byIds.Ids,
        _ => [],
    };

    private static List<NamedVector> Vectors(Random random, int dim)
    {
        List<NamedVector> vectors = [];
        if (random.Next(10) > 0)
        {
            vectors.Add(new NamedVector("", Vector(random, dim)));
        }

        if (random.Next(2) > 0)
        {
            vectors.Add(new NamedVector("second", Vector(random, dim)));
        }

        return vectors;
    }

    private static float[] Vector(Random random, int dim)
        => [.. Enumerable.Range(0, dim).Select(_ => (float)((random.NextDouble() * 2) - 1))];

    private static PayloadDocument Payload(Random random) => PayloadDocument.Parse(Encoding.UTF8.GetBytes(random.Next(3) switch
    {
        0 => "{}",
        1 => $$"""{"group":{{random.Next(20)}}}""",
        _ => $$"""{"group":{{random.Next(20)}},"text":"{{new string('x', random.Next(200))}}","list":[1,2.5,null,"ü"]}""",
    }));

    private static JsonObject Json(PayloadDocument payload) => JsonNode.Parse(payload.ToString())!.AsObject();
}
