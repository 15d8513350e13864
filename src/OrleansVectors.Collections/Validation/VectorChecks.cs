using System.Globalization;
using OrleansVectors.Collections.Errors;
using OrleansVectors.Collections.Schemas;
using OrleansVectors.Numerics;
using OrleansVectors.Partitions;
using OrleansVectors.Partitions.Schemas;

namespace OrleansVectors.Collections.Validation;

/// <summary>Checks single vectors against a schema.</summary>
internal static class VectorChecks
{
    public static VectorSchema Find(CollectionSchema schema, string name)
        => schema.Vectors.TryGetValue(name, out VectorSchema? found) ? found : throw InvalidInputException.UnknownVector(name);

    /// <summary>Checks what is to be stored.</summary>
    /// <param name="schema">The collection's schema.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="field">Where it is in the request, for messages.</param>
    public static void CheckStored(CollectionSchema schema, NamedVector vector, string field)
    {
        VectorSchema wanted = Find(schema, vector.Name);
        if (vector.Rows > 0 && !wanted.IsMultiVector)
        {
            throw InvalidInputException.UnexpectedRows(vector.Name, field);
        }

        Check(wanted, vector.Values.Span, field);
        if (wanted.Datatype == VectorDatatype.UInt8)
        {
            CheckIntegers(vector.Values.Span, field);
        }
    }

    /// <summary>Checks what is searched for.</summary>
    /// <param name="schema">The collection's schema.</param>
    /// <param name="name">The vector's name.</param>
    /// <param name="values">Its components, of a multi-vector those of its rows, one row after the other.</param>
    /// <param name="field">Where it is in the request, for messages.</param>
    public static void CheckQuery(CollectionSchema schema, string name, ReadOnlySpan<float> values, string field)
        => Check(Find(schema, name), values, field);

    private static void Check(VectorSchema vector, ReadOnlySpan<float> values, string field)
    {
        CheckLength(vector, values.Length, field);
        if (vector.Metric == DistanceMetric.Hamming)
        {
            CheckBits(values, field);
            return;
        }

        // Cosine vectors are normalised, in double precision where that is needed; the others are used as they are.
        float bound = vector.Metric == DistanceMetric.Cosine ? float.MaxValue
            : vector.Datatype == VectorDatatype.Float16 ? CollectionLimits.Float16ComponentMax
            : CollectionLimits.VectorComponentMax;
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

    private static void CheckLength(VectorSchema vector, int length, string field)
    {
        if (!vector.IsMultiVector)
        {
            if (length != vector.Size)
            {
                throw InvalidInputException.WrongDimension(vector.Size, length);
            }

            return;
        }

        if (length == 0 || length % vector.Size != 0)
        {
            throw InvalidInputException.WrongDimension(vector.Size, length);
        }

        if (length > CollectionLimits.MultiVectorComponentsMax)
        {
            throw new LimitViolatedException(
                field, $"{length} components", $"must be at most {CollectionLimits.MultiVectorComponentsMax} components in all rows together");
        }
    }

    private static void CheckBits(ReadOnlySpan<float> values, string field)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not (0 or 1))
            {
                throw new LimitViolatedException(
                    $"{field}[{i}]", values[i].ToString(CultureInfo.InvariantCulture), "must be 0 or 1 (distance Hamming)");
            }
        }
    }

    private static void CheckIntegers(ReadOnlySpan<float> values, string field)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!(values[i] >= 0 && values[i] <= CollectionLimits.UInt8ComponentMax && values[i] == MathF.Floor(values[i])))
            {
                throw new LimitViolatedException(
                    $"{field}[{i}]",
                    values[i].ToString(CultureInfo.InvariantCulture),
                    $"must be an integer from 0 to {CollectionLimits.UInt8ComponentMax} (datatype uint8)");
            }
        }
    }
}
