using System.Globalization;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;

namespace OrleansVectors.Collections.Validation;

/// <summary>Checks single vectors against a schema.</summary>
internal static class VectorChecks
{
    public static VectorSchema Find(CollectionSchema schema, string name)
        => schema.Vectors.TryGetValue(name, out VectorSchema? found) ? found : throw InvalidInputException.UnknownVector(name);

    /// <param name="schema">The collection's schema.</param>
    /// <param name="name">The vector's name.</param>
    /// <param name="values">Its components.</param>
    /// <param name="field">Where it is in the request, for messages.</param>
    public static void Check(CollectionSchema schema, string name, ReadOnlySpan<float> values, string field)
    {
        VectorSchema vector = Find(schema, name);
        if (values.Length != vector.Size)
        {
            throw InvalidInputException.WrongDimension(vector.Size, values.Length);
        }

        // Cosine vectors are normalised, in double precision where that is needed; the others are used as they are.
        float bound = vector.Metric == DistanceMetric.Cosine ? float.MaxValue : CollectionLimits.VectorComponentMax;
        for (int i = 0; i < values.Length; i++)
        {
            if (!(Math.Abs(values[i]) <= bound))
            {
                string range = float.IsFinite(values[i])
                    ? string.Create(CultureInfo.InvariantCulture, $"must be a number from -{bound} to {bound}")
                    : "must be a finite 32-bit number";
                throw new LimitViolatedException($"{field}[{i}]", values[i].ToString(CultureInfo.InvariantCulture), range);
            }
        }
    }
}
