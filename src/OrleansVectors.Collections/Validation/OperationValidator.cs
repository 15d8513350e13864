using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Operations;

namespace OrleansVectors.Collections.Validation;

/// <summary>Checks whole batches against a schema before anything of them is stored.</summary>
internal static class OperationValidator
{
    /// <exception cref="InvalidInputException">A vector name or dimension does not fit.</exception>
    /// <exception cref="LimitViolatedException">A count is out of bounds, a component is not finite, an id occurs twice.</exception>
    public static void Check(IReadOnlyList<PointOperation> operations, CollectionSchema schema)
    {
        foreach (PointOperation operation in operations)
        {
            switch (operation)
            {
                case UpsertPoints upsert:
                    CheckPoints(upsert.Points, static point => point.Id, static point => point.Vectors, schema, mayBeEmpty: true);
                    break;
                case UpdateVectors update:
                    CheckPoints(update.Points, static point => point.Id, static point => point.Vectors, schema, mayBeEmpty: false);
                    break;
                case DeleteVectors delete:
                    foreach (string name in delete.Names)
                    {
                        VectorChecks.Find(schema, name);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static void CheckPoints<T>(
        IReadOnlyList<T> points,
        Func<T, PointId> idOf,
        Func<T, IReadOnlyList<NamedVector>> vectorsOf,
        CollectionSchema schema,
        bool mayBeEmpty)
    {
        if (points.Count > CollectionLimits.BatchPointsMax)
        {
            throw new LimitViolatedException(
                "points", $"{points.Count} points", $"must be at most {CollectionLimits.BatchPointsMax} points");
        }

        Dictionary<PointId, int> seen = new(points.Count);
        for (int i = 0; i < points.Count; i++)
        {
            PointId id = idOf(points[i]);
            if (!seen.TryAdd(id, i))
            {
                throw new LimitViolatedException(
                    $"points[{i}].id", id.ToString(), $"must be unique within the batch (points[{seen[id]}] has it too)");
            }

            IReadOnlyList<NamedVector> vectors = vectorsOf(points[i]);
            if (vectors.Count == 0 && !mayBeEmpty)
            {
                throw new LimitViolatedException($"points[{i}].vector", "{}", "must have at least one vector");
            }

            CheckVectors(vectors, i, schema);
        }
    }

    private static void CheckVectors(IReadOnlyList<NamedVector> vectors, int point, CollectionSchema schema)
    {
        for (int v = 0; v < vectors.Count; v++)
        {
            NamedVector vector = vectors[v];
            for (int earlier = 0; earlier < v; earlier++)
            {
                if (vectors[earlier].Name == vector.Name)
                {
                    throw new LimitViolatedException($"points[{point}].vector", vector.Name, "must name each vector once");
                }
            }

            string field = vector.Name.Length == 0 ? $"points[{point}].vector" : $"points[{point}].vector.{vector.Name}";
            VectorChecks.CheckStored(schema, vector, field);
        }
    }
}
